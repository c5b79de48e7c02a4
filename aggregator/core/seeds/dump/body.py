"""The body of an article's page: the densest run of paragraphs, and which of its lines are the article's."""

import re
from bisect import bisect_left
from itertools import islice, pairwise

from aggregator.core.seeds.credit import copyright_owner, dateline, ending, is_staff_credit, source_line
from aggregator.core.seeds.dump.page import Page
from aggregator.core.seeds.dump.post import is_subheading
from aggregator.core.seeds.dump.title import PICTURE, Title, share_known, stems
from aggregator.core.seeds.furniture import opens_comments, opens_list
from aggregator.core.seeds.line_forms import COMMENTER, CONTACTS
from aggregator.core.seeds.lines import fold, is_bullet, title_case_share, width, words
from aggregator.core.seeds.names import is_lone_person
from aggregator.core.seeds.vocabulary import Furniture

FULL = 400  # columns; a longer paragraph is no better proof of being the body
DECK = 36  # columns; a shorter line under the headline is a button or a place
CAPTION = 240  # columns; a picture's caption is shorter
# How much a line of furniture speaks against being inside the body: pictures and adverts stand there too.
COST = {
    Furniture.CREDIT: 0.1,
    Furniture.ADVERT: 0.1,
    Furniture.SEE_ALSO: 0.1,
    Furniture.SIGN_UP: 0.3,
    Furniture.BUTTON: 0.4,
    Furniture.MENU: 0.5,
    Furniture.RELATED: 0.4,
    Furniture.PAGES: 1.0,
    Furniture.HEADING: 1.0,
    Furniture.COPYRIGHT: 2.0,
    Furniture.COMMENTS: 2.0,
    Furniture.WEATHER: 1.0,
}
LITTLE = 0.1
HEADLINE_COST = 0.25
SHORT_SENTENCE = re.compile(r"[.!?…。！？؟][”\"'»’)]*$")
MAX_LISTS = 20  # lists of other pieces that are looked at; a page has some
END_MARK = re.compile(
    r"^\W*(?:#\s?#\s?#|-\s?30\s?-|\*\s?\*\s?\*|ends?|- ?ends? ?-)\W*$|^#{2,}$", re.IGNORECASE
)


def comments_start(page: Page) -> int:
    """Return where readers' comments begin; the page's end where there are none."""
    paragraphs = [i for i, prose in enumerate(page.prose) if prose]
    if not paragraphs:
        return len(page)
    pairs = [a for a, b in pairwise(paragraphs) if b == a + 1]
    for i in range(paragraphs[0] + 1, len(page)):
        if not opens_comments(page.text(i)):
            continue
        before = bisect_left(paragraphs, i)
        talk = any(COMMENTER.match(page.text(j)) for j in range(i + 1, min(i + 12, len(page))))
        # A count of comments may also stand over the body: then most paragraphs follow it, one after another;
        # comments are parted by their writers' names.
        goes_on = bool(pairs) and pairs[-1] > i
        if talk or (len(paragraphs) - before <= before and not goes_on):
            return i
    return next((i for i in range(paragraphs[0] + 1, len(page)) if is_commenter(page, i)), len(page))


def is_commenter(page: Page, index: int) -> bool:
    """Tell whether a reader's comment begins: its writer's name, and below it when it was written."""
    return (
        bool(COMMENTER.match(page.text(index)))
        and index + 1 < len(page)
        and (page.metas[index + 1] is not None)
    )


def body_run(page: Page, end: int) -> tuple[int, int] | None:
    """Return the run of lines (first, end) with the most running text and the least furniture in it."""
    best: tuple[float, int, int] = (0.0, 0, 0)
    total, start = 0.0, 0
    for i in range(end):
        ends = END_MARK.match(page.text(i)) or CONTACTS.match(page.text(i))
        if ends and best[0] > 1.0:  # a press release says where it ends
            break
        total += _weight(page, i)
        if total <= 0:
            total, start = 0.0, i + 1
        elif total > best[0]:
            best = (total, start, i + 1)
    if best[0] <= 0:
        return None
    return _first_paragraph(page, best[1], best[2]), best[2]


def _weight(page: Page, index: int) -> float:
    """Say how much a line speaks for being inside the body."""
    text, kind = page.text(index), page.kinds[index]
    if page.metas[index] is not None:
        return -0.4
    if kind is not None:
        return -LITTLE if _is_of_a_slide(text, kind) else -COST[kind]
    if page.prose[index]:
        return 0.5 + min(width(text), FULL) / 150
    if page.sentence[index] or is_bullet(text):
        return 0.5
    return 0.05 if SHORT_SENTENCE.search(text) and len(words(text)) >= 2 else -HEADLINE_COST


def _is_of_a_slide(text: str, kind: Furniture) -> bool:
    """Tell whether a line belongs to a slide show inside a body: "Previous", "1", "+4"."""
    return (kind is Furniture.PAGES and len(text.split()) == 1) or (
        kind is Furniture.BUTTON and len(text) <= 2
    )


def _first_paragraph(page: Page, start: int, end: int) -> int:
    """Leave out a caption above the first paragraph."""
    while start + 1 < end and is_caption(page, start):
        start += 1
    return start


def is_caption(page: Page, index: int) -> bool:
    """Tell whether a line describes a picture: its credit stands at its end or directly below."""
    text = page.text(index)
    if width(text) > CAPTION or not page.is_free(index):
        return False
    below = index + 1
    over_body = not any(page.prose[max(0, index - 3) : index])
    if over_body and PICTURE.search(text):
        return True
    # A paragraph stands apart from the picture below it.
    apart = below < len(page) and page.prose[index] and page.lines[below].gap and page.lines[index].gap
    if below < len(page) and _is_bare_credit(page, below) and not dateline(text) and not apart:
        # "1 of 5", caption, credit; or a block of caption and credit
        after_button = bool(index) and page.kinds[index - 1] in {Furniture.BUTTON, Furniture.CREDIT}
        return over_body or after_button or (bool(page.lines[index].gap) and not page.lines[below].gap)
    # An agency in brackets closes a piece, or the caption over it.
    credit = ending(text)
    return over_body and bool(credit and credit.publisher) and any(page.prose[below : below + 2])


def _is_below_credit(page: Page, index: int) -> bool:
    """Tell whether a short line without a full stop describes the picture whose credit stands over it."""
    over = index > 0 and _is_bare_credit(page, index - 1) and not page.lines[index].gap
    return over and not page.sentence[index] and not is_bullet(page.text(index))


def _is_bare_credit(page: Page, index: int) -> bool:
    """Tell whether a line credits a picture without describing it."""
    return (
        page.kinds[index] is Furniture.CREDIT
        and width(page.text(index)) <= 70
        and ". " not in page.text(index)
    )


def below_title(page: Page, title: Title, run: tuple[int, int]) -> tuple[int, int]:
    """Return the run without the headline, where it looked like a paragraph and began the run."""
    if run[0] > title.last:
        return run
    start = next((i for i in range(title.last + 1, run[1]) if page.sentence[i]), title.last + 1)
    return _first_paragraph(page, start, run[1]), run[1]


def body_lines(page: Page, title: Title, run: tuple[int, int]) -> tuple[int, ...]:
    """Return the lines of the article's paragraphs and sub-headings, in order."""
    start = run[0]
    end = _before_teasers(page, title, start, run[1])
    listing = _listed(page, start, end)
    kept = [i for i in range(start, end) if i not in listing and _is_article(page, i, end, title)]
    return tuple(_standfirst(page, title, start)) + tuple(_trimmed(page, kept))


def _standfirst(page: Page, title: Title, start: int) -> list[int]:
    """Return the lines between headline and body that are text: a summary sentence."""
    found = []
    for i in range(title.last + 1, start):
        text = page.text(i)
        if not page.is_free(i) or is_caption(page, i) or source_line(text) or fold(text) == fold(title.text):
            continue
        least = DECK if i == title.last + 1 else 60
        if page.sentence[i] or (
            width(text) >= least and title_case_share(text) < 0.5 and not opens_list(text)
        ):
            found.append(i)
    return found


def _is_article(page: Page, index: int, end: int, title: Title) -> bool:
    text, kind = page.text(index), page.kinds[index]
    if kind is Furniture.MENU:
        return is_subheading(page, index, end)
    if not page.is_free(index) or is_caption(page, index) or _is_below_credit(page, index):
        return False
    if (
        is_staff_credit(text)
        or source_line(text, page.order)
        or fold(text) == fold(title.text)
        or copyright_owner(text[:80])
    ):
        return False
    if is_lone_person(text) and not (page.prose[index - 1] and page.prose[index + 1 : index + 2] == (True,)):
        return False
    return width(text) > 2


def _listed(page: Page, start: int, end: int) -> frozenset[int]:
    """Return the lines of lists of other pieces inside the body: under a heading, or headlines together."""
    found: set[int] = set()
    i = start
    while i < end:
        last = _headlines_end(page, i, end)
        introduced = i > start and (
            opens_list(page.text(i - 1))
            or page.kinds[i - 1] in {Furniture.RELATED, Furniture.SEE_ALSO}
            or _is_read_more(page, i - 1)
        )
        explained = i > start and page.text(i - 1).endswith((":", "："))
        if introduced or (last - i >= 2 and not explained and _are_headlines(page, i, last)):
            found.update(range(i, last))
        i = max(last, i + 1)
    return frozenset(found)


def _headlines_end(page: Page, start: int, end: int) -> int:
    while start < end and not page.prose[start] and page.is_free(start) and not page.sentence[start]:
        start += 1
    return start


def _are_headlines(page: Page, start: int, end: int) -> bool:
    """Tell headlines of other pieces from a sub-heading with a short line under it."""
    longer = sum(width(page.text(i)) >= 25 for i in range(start, end))
    return (
        longer >= 2
        and longer >= 0.6 * (end - start)
        and not any(is_bullet(page.text(i)) for i in range(start, end))
    )


def _is_read_more(page: Page, index: int) -> bool:
    return fold(page.text(index)) in {
        "read more",
        "more",
        "watch",
        "read",
        "also",
        "see also",
        "lire aussi",
        "mehr",
        "더보기",
        "المزيد",
        "подробнее",
    }


def _before_teasers(page: Page, title: Title, start: int, end: int) -> int:
    """Return where the body ends before a list of other pieces that carry a teaser each."""
    found = (
        i for i in range(start + 1, end) if page.kinds[i] is Furniture.RELATED or opens_list(page.text(i))
    )
    headings = [*islice(found, MAX_LISTS), end]
    for heading, following in pairwise(headings):
        after = [i for i in range(heading + 1, following) if page.prose[i]]
        teasers = [i for i in after if page.is_title(i - 1) and not page.prose[i - 1]]
        if not after or not any(page.prose[start:heading]):
            continue
        # A list inside the body has links only: the paragraph after its last link goes on with the article.
        if len(teasers) >= 2 or (teasers and len(after) == 1 and _belongs_to_other(page, after[0], title)):
            return heading
    return end


def _belongs_to_other(page: Page, index: int, title: Title) -> bool:
    """Tell whether a paragraph shares more words with the line above it than with the page's headline."""
    vocabulary = frozenset(stems(page.text(index)))
    return share_known(page.text(index - 1), vocabulary) > share_known(title.text, vocabulary)


def _trimmed(page: Page, kept: list[int]) -> list[int]:
    """Drop what trails the last sentence: a lone headline or a name is no end of an article."""
    while (
        kept
        and not page.prose[kept[-1]]
        and not page.sentence[kept[-1]]
        and not is_bullet(page.text(kept[-1]))
    ):
        if page.text(kept[-1]).endswith((".", "!", "?", "”", '"', "»", "’")):
            break
        kept.pop()
    return kept
