"""Pages as text browsers print them: links are numbers, and their addresses stand at the end."""

import re

NUMBER = re.compile(r"\[\d{1,4}\](?=[^\s\[\]])")
REFERENCES = re.compile(
    r"^[ \t]*(?:references|(?:visible|hidden) links|links):?[ \t]*\n+"
    r"(?:[ \t]*(?:visible links|hidden links):?"
    r"[ \t]*\n+)?"
    r"(?=[ \t]*(?:\[\d+\]|\d+\.)[ \t]+(?:https?|mailto|file|ftp):)",
    re.MULTILINE | re.IGNORECASE,
)
LEAST = 3  # numbers; fewer may be notes


def without_numbers(text: str) -> str:
    """Return the text of lynx, links and the like without the numbers of links and their list."""
    references = REFERENCES.search(text)
    if references is None or len(NUMBER.findall(text[: references.start()])) < LEAST:
        return text
    return NUMBER.sub("", text[: references.start()])
