"""Plain-text copies of web pages: an archive of many posts, or one article with its site around it."""
