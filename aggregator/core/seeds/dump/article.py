"""One article's page: the article is found among the site's furniture by the form of the lines.

The densest run of paragraphs is the body; the headline is the line above it that shares its words; everything
between and around is read for who, when and where, and left out of the text.
"""

from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.dump.body import below_title, body_lines, body_run, comments_start
from aggregator.core.seeds.dump.facts import page_facts
from aggregator.core.seeds.dump.page import Page
from aggregator.core.seeds.dump.title import find_title


def read_article(page: Page) -> tuple[Draft, ...]:
    """Return the one article of a page; none where no headline and no paragraph stand out."""
    end = comments_start(page)
    run = body_run(page, end)
    if run is None:
        return ()
    title = find_title(page, run)
    if title is None:
        return ()
    run = below_title(page, title, run)
    body = body_lines(page, title, run)
    facts = page_facts(page, title, run[0], body, end)
    return (
        Draft(
            title=title.text,
            text="\n\n".join(facts.paragraphs),
            url=facts.url,
            publisher=facts.publisher,
            author=facts.author,
            published=facts.published,
            updated=facts.updated,
            categories=facts.categories,
            language=page.language,
        ),
    )
