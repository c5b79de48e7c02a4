"""The headline of an article's page: the line above the body with a headline's form and the body's words."""

import re
from dataclasses import dataclass

from aggregator.core.agencies import is_agency
from aggregator.core.seeds.dump.heading import breadcrumb
from aggregator.core.seeds.dump.page import MAX_TITLE, Page, is_title
from aggregator.core.seeds.furniture import opens_list
from aggregator.core.seeds.lines import WIDE, fold, is_capitals, is_sentence, width, words
from aggregator.core.seeds.names import PAPER as PAPER
from aggregator.core.seeds.names import is_lone_person

REACH = 60  # lines above the body in which a headline is looked for
OVERLAP = (
    3.0  # weight of shared words: a headline's words come again in the first paragraphs, a menu's do not
)
SAID = 25  # columns; a shorter line may begin as a headline by chance
SUMMARIES = 3  # lines under a headline that say what the piece says
OVER = 10  # lines over the body in which a headline may end with a full stop
LOOSE = 160  # columns; such a headline is not longer
ENOUGH = 0.5  # below this score a line is furniture that happens to look like a headline
LISTED = re.compile(r"^[*•●▪◦‣·+]\s")  # an item of a menu
SUFFIX = re.compile(r"^(?P<title>.{12,}?)\s+(?:\||-|–|—|»|«|::|•|·)\s+(?P<site>[^|»«•·]{2,50})$")


@dataclass(frozen=True, slots=True)
class Title:
    """A headline and the lines it stands on."""

    text: str
    first: int
    last: int  # inclusive
    site: str | None = None  # the site's name where the browser's title names it ("Headline - Site")


# A caption names its photographer at its end; "Photos: …" at the beginning may open a headline.
PICTURE = re.compile(
    r"[\w.!?)”’\"] +[(\[]?"
    r"(?:(?:file |archive )?photo(?:graph)?s?|picture|image|credit|fotos?|bild|imagen|фото|사진) ?[:：/=]",
    re.IGNORECASE,
)


def find_title(page: Page, run: tuple[int, int]) -> Title | None:
    """Return the headline of the body that stands at `run` (first line, end)."""
    vocabulary = _vocabulary(page, run)
    candidates = [i for i in range(max(0, run[0] - REACH), run[0]) if _may_be(page, i)]
    scored = [(_score(page, i, run[0], vocabulary), i) for i in candidates]
    best = max(scored, default=None)
    if best is None or best[0] < ENOUGH:
        return _first_line(page, run)
    index = _above_standfirst(page, best[1], vocabulary)
    first, last = _wrapped(page, index, run[0])
    text = " ".join(page.text(i) for i in range(first, last + 1))
    return _without_site(page, text, first, last)


def _above_standfirst(page: Page, index: int, vocabulary: frozenset[str]) -> int:
    """Climb from summary lines to the headline above them, which shares the body's words as well."""
    for above in range(index - 1, max(-1, index - 1 - SUMMARIES), -1):
        if not _may_be(page, above) or width(page.text(above)) < 20 or _in_list(page, above):
            break
        shares = len(stems(page.text(above))) >= 3 and share_known(page.text(above), vocabulary) >= 0.4
        if not (shares or _is_said_again(page, above)) or _goes_on(page, above):
            break
        index = above
    return index


def _is_said_again(page: Page, index: int) -> bool:
    """Tell whether the page says a headline, or its first part, elsewhere: under its share buttons."""
    folded = fold(page.text(index))
    others = (fold(page.text(i)) for i in range(len(page)) if i != index and width(page.text(i)) >= SAID)
    return any(folded.startswith(other) for other in others)


def _may_be(page: Page, index: int) -> bool:
    text = page.text(index)
    if not page.is_title(index) or breadcrumb(text) or "http" in text[:8] or PICTURE.search(text):
        return False
    if LISTED.match(text):
        return False
    if any(is_agency(part) for part in re.split(r"\s*[|•]\s*", text)):  # "Jane Doe | Reuters"
        return False
    return width(text) <= MAX_TITLE


def _vocabulary(page: Page, run: tuple[int, int]) -> frozenset[str]:
    paragraphs = [page.text(i) for i in range(*run) if page.sentence[i]][:8]
    return frozenset(stem for text in paragraphs for stem in stems(text))


def stems(text: str) -> list[str]:
    """Return a text's longer words by their beginnings (pairs of characters where words are not spaced)."""
    if WIDE.search(text):
        plain = "".join(words(text))
        return [plain[i : i + 2] for i in range(len(plain) - 1)]
    return [word.casefold()[:5] for word in words(text) if len(word) >= 4 or word.isupper()]


def share_known(text: str, vocabulary: frozenset[str]) -> float:
    """Return which share of a text's words a vocabulary knows."""
    found = stems(text)
    return sum(stem in vocabulary for stem in found) / len(found) if found else 0.0


def _score(page: Page, index: int, body: int, vocabulary: frozenset[str]) -> float:
    text = page.text(index)
    count = width(text) / 6  # words, roughly, in any script
    score = OVERLAP * share_known(text, vocabulary)
    score += -1.5 if count < 2 else 0.8 if count >= 5 else 0.0
    score -= 0.25 * sum(page.is_title(i) for i in range(index + 1, body))
    score -= 0.02 * (body - index)
    score += 0.7 * any(page.metas[i] is not None for i in range(index + 1, min(index + 3, body)))
    score -= 1.0 * is_lone_person(text)
    # A short line under a reporter's name is the place that is reported from.
    score -= 1.5 * (count < 5 and index > 0 and is_lone_person(page.text(index - 1)))
    score -= 1.0 * (len(text.split()) <= 4 and PAPER.search(text) is not None)  # the paper's own name
    score -= 1.2 * _in_list(page, index)
    return score + 0.8 * _is_repeated(page, index, body)


def _in_list(page: Page, index: int) -> bool:
    """Tell whether a line belongs to a list of headlines: under "Most read", or among several alike."""
    above = index
    while (
        above > max(0, index - 4)
        and page.is_title(above - 1)
        and width(page.text(above - 1)) >= 20
        and not page.lines[above].gap
    ):
        above -= 1
    return (above > 0 and opens_list(page.text(above - 1))) or index - above >= 3


def _is_repeated(page: Page, index: int, body: int) -> bool:
    """Tell whether the page says the line twice: as the browser's title or a breadcrumb, and as headline."""
    folded = fold(page.text(index))
    return (
        len(folded) >= 15
        and len(words(folded)) >= 4 - 3 * bool(WIDE.search(folded))
        and any(i != index and folded in fold(page.text(i)) for i in range(body))
    )


def _wrapped(page: Page, index: int, body: int) -> tuple[int, int]:
    """Return the lines of a headline that was broken over two or three lines."""
    first = last = index
    while first > 0 and last - first < 2 and _goes_on(page, first - 1):
        first -= 1
    while last + 1 < body and last - first < 2 and _goes_on(page, last):
        last += 1
    return first, last


def _goes_on(page: Page, index: int) -> bool:
    """Tell whether a headline goes on in the next line: it breaks inside a phrase, or both are capitals."""
    here, following = page.text(index), page.text(index + 1)
    if (
        page.lines[index + 1].gap
        or not (_may_be(page, index) or here.endswith(","))
        or not _may_be(page, index + 1)
    ):
        return False
    if not page.is_free(index) or width(here) < 20 or fold(following) in fold(here):
        return False
    if is_capitals(here) and is_capitals(following):
        return len(here.split()) >= 3
    return following[0].islower() or bool(_OPEN_END.search(here))


_OPEN_END = re.compile(
    (
        r"(?:,|\b(?:of|the|a|an|to|in|on|for|and|with|by|at|from|as|his|its|their|over|after|"
        r"der|die|das|dem|den|und|im|zu|für|mit|de|la|le|les|du|des|et|à|el|los|en|y|del|по|в|"
        r"на|и|с))$"
    ),
    re.IGNORECASE,
)


def _without_site(page: Page, text: str, first: int, last: int) -> Title:
    """Split "Headline - Site" where the page says the headline alone elsewhere, or ends so by its form."""
    site = next(
        (
            name
            for i in range(len(page))
            if i not in range(first, last + 1) and (name := _site_after(page.text(i), text))
        ),
        None,
    )
    match = SUFFIX.match(text)
    if match and site is None and (match["site"] and PAPER.search(match["site"])):
        return Title(match["title"], first, last, match["site"])
    return Title(text, first, last, site)


def _site_after(line: str, title: str) -> str | None:
    """Return the site's name of a line that is the headline and a site's name."""
    if len(line) > len(title) + 60 or not line.startswith(title):
        return None
    rest = line[len(title) :]
    match = re.match(r"\s*(?:\||-|–|—|»|::|•|·)\s*(?P<site>[^|»•·]{2,50}?)\s*$", rest)
    return match["site"] if match else None


def _first_line(page: Page, run: tuple[int, int]) -> Title | None:
    """Take a headline that ends like a sentence: the line right over the body, else the body's own first."""
    over = next((i for i in range(run[0] - 1, max(-1, run[0] - OVER), -1) if page.is_free(i)), None)
    if over is not None and len(words(page.text(over))) >= 4 and width(page.text(over)) <= LOOSE:
        return Title(page.text(over), over, over)
    first = run[0]
    text = page.text(first)
    if first + 1 >= run[1] or not page.is_free(first) or width(text) > LOOSE:
        return None
    return Title(text, first, first) if is_title(text) or is_sentence(text) else None
