"""Names of people and of news agencies, as bylines write them."""

import re

from aggregator.core.agencies import is_agency
from aggregator.core.seeds.lines import SPACES, WIDE, fold

MAX_JOB = 4  # words
MAX_NAME = 90  # characters; "By A, B and C in Seoul" stays below
# What stands where an agency's name would, and names nobody.
NOBODY = frozenset(
    fold(name)
    for name in "agencies|agency|news agencies|wire|wires|wire services|wire service|wire reports|"
    "wire report|staff|staff report|staff reports|staff reporter|staff writer|"
    "our correspondent|our reporter|correspondent|web desk|"
    "news desk|newsdesk|desk|online|agenturen|agence|agences|agencias|agenzie|агентства|"
    "la rédaction|die redaktion|la redacción|la redazione|a redação|de redactie|"
    "وكالات|الوكالات|وكالات الأنباء|通信|more|video|photo|photos|update|updated|sic|link|"
    "pdf|source|sources|"
    "read more|continue|hidden|...|…|via|audio|live|map|graphic|ends|end|the end|note|"
    "notes|advertisement|image|gallery|full text|text|english|anonymous|unknown|none".split("|")
)
TITLES = re.compile(
    r"^(?:(?:senior|chief|special|staff|political|diplomatic|business|world|foreign|"
    r"national|asia|china|korea|deputy|assistant|associate|managing|contributing|"
    r"freelance|guest|news|our|the|sports?|education|health|science|environment|crime|court|city|"
    r"local(?: democracy)?|"
    r"technology|economics|features|digital|multimedia|data|investigative|transport)\s+)*"
    r"(?:staff|writer|reporter|correspondent|editor|columnist|contributor|journalist|"
    r"bureau|desk|producer|analyst|redakteur\w*|korrespondent\w*|journaliste|"
    r"correspondant\w*|redactor\w*|corresponsal|periodista|корреспондент\w*|обозреватель|"
    r"기자|특파원)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    (
        "de da di do dos del della van von der den bin ibn al el la le du und and et y e и un"
        "d & with für of the to"
    ).split()
)
_NOT_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march apri"
    "l may june july august september october november december today this that these tho"
    "se "
    "it he she they we you i there here its his her their our my your who what when where"
    " why how not no yes will would can could should has have had is are was were be been"
    " a an".split()
)
# Words of buttons: two of them, written large, look like a person's name.
_BUTTONS = frozenset(
    (
        "article history share print comment comments photo photos view views page text read "
        "more story video news post save email subscribe follow sign log menu related topics "
        "latest top first"
    ).split()
)
_JUNK = re.compile(r"(?:\S+@\S+|\(@?\w+\)|@\w+|https?://\S+|\(?(?:opens|follow)\b.*$)", re.IGNORECASE)


def is_nobody(text: str) -> bool:
    """Tell whether a text in a name's place names nobody ("Agencies", "Staff report")."""
    return fold(text) in NOBODY


def is_names(text: str) -> bool:
    """Tell whether a text can be one or several persons' names, judged by its form."""
    tokens = re.findall(r"[^\s,&/]+", text)
    if not tokens or len(text) > MAX_NAME or len(tokens) > 12 or re.search(r"[?!:;“”\"%$€=+]|\d{2,}", text):
        return False
    if len(tokens) == 1:
        return len(text) <= 30  # "admin"
    if WIDE.search(text) or not any(c.isupper() or c.islower() for c in text):
        return len(tokens) <= 5
    large = [token for token in tokens if token[0].isupper()]
    small = [token for token in tokens if not token[0].isupper()]
    if tokens[0].casefold() in _NOT_NAMES or any(token.casefold() in _NOT_NAMES for token in small):
        return False
    return all(token.casefold() in _PARTICLES or token in {"in", "at"} for token in small) and bool(large)


def without_job(name: str) -> str:
    """Return a name without the job that follows it without a comma ("Tom Hale Chief Reporter")."""
    tokens = name.split(" ")
    jobs = (
        i for i in range(2, len(tokens)) if tokens[i][:1].isupper() and TITLES.match(" ".join(tokens[i:]))
    )
    start = next(jobs, len(tokens))
    return " ".join(tokens[:start]) if len(tokens) - start <= MAX_JOB else name


def person(raw: str) -> str | None:
    """Return the names in a byline without job, place and address; None where it names nobody."""
    name = SPACES.sub(" ", _JUNK.sub(" ", raw)).strip(" ,.;:|-–—/()[]•·")
    name = without_job(re.sub(r"(?<=\w) for (?:the )?[A-Z][\w'’& .-]+$", "", name, flags=re.IGNORECASE))
    name = re.sub(r"\s*(?:기자|특파원|논설위원|선임기자)$", "", name)
    name = re.sub(r"(?<=\w) (?:in|à|en) [A-Z][^,]*(?=,|$)", "", name)
    parts = re.split(r"\s*,\s*|\s+[|–—-]\s+", name)
    kept = [part for i, part in enumerate(parts) if i == 0 or _is_further_name(part)]
    name = ", ".join(kept).strip()
    name = re.sub(r"^(?:and|by|von|par|por)\s+", "", name, flags=re.IGNORECASE)
    return (
        name
        if name and is_names(name) and not is_nobody(name) and not (" " in name and TITLES.match(name))
        else None
    )


def _is_further_name(part: str) -> bool:
    """Tell whether what follows a comma is another person, and not a job, a place or a paper."""
    plain = re.sub(r"^(?:and|und|et|y)\s+", "", part)
    return (
        2 <= len(plain.split()) <= 5
        and is_names(plain)
        and not TITLES.match(plain)
        and not _IS_PAPER.search(plain)
        and not is_agency(plain)
    )


_IS_PAPER = re.compile(
    r"\b(?:news|times|post|press|herald|tribune|daily|journal|today|observer|gazette|"
    r"guardian|digest|newsletter|letter|weekly|monthly|review|chronicle|gazette|bulletin|monitor|courier|"
    r"notes|agency|media|network|tv|radio|service|university|institute|"
    r"ministry|bureau|writer|reporter|editor|correspondent|contributor|staff|desk|chief|"
    r"team|company|inc|group|writer)\b",
    re.IGNORECASE,
)


# Words in the names of papers, stations and agencies.
PAPER = re.compile(
    r"\b(?:news|times|post|herald|tribune|gazette|observer|guardian|paper|journal|chronicle|"
    r"daily|star|mirror|telegraph|courier|examiner|standard|independent|inquirer|bulletin|"
    r"review|press|today|world|online|"
    r"broadcasting|tv|radio|media|magazine|weekly|monitor|express|sun|globe|mail|"
    r"nachrichten|zeitung|tageblatt|anzeiger|rundschau|presse|blatt|kurier|le monde|"
    r"figaro|libération|journal|dépêche|el país|diario|periódico|mundo|noticias|"
    r"corriere|repubblica|gazzetta|правда|известия|ведомости|новости|газета|вести|일보|"
    r"신문|뉴스|타임스|방송|경제|통신|صحيفة|جريدة|قناة|وكالة|\w+\.(?:com|org|net|de|fr|es|"
    r"it|ru|kr|co\.\w\w|uk|info|news))\b",
    re.IGNORECASE,
)
_JOB = re.compile(
    r"\b(?:writer|reporter|editor|correspondent|contributor|staff|desk|chief|bureau|columnist|"
    r"producer|team|intern|photographer|analyst|journalist)s?\b",
    re.IGNORECASE,
)


def is_paper(text: str) -> bool:
    """Tell whether a text beside a byline is a paper's name: few words, large, one of them a paper's."""
    return (
        len(text.split()) <= 5
        and PAPER.search(text) is not None
        and (is_names(text) or text.startswith("The "))
        and not (_JOB.search(text) or re.search(r"[\d:?!@]", text) or is_nobody(text))
    )


def is_lone_person(text: str) -> bool:
    """Tell whether a line without "by" can be a person's name, and not a paper's or a section's."""
    tokens = text.split()
    if not 2 <= len(tokens) <= 4 or text.startswith(("The ", "A ")) or re.search(r"[\d,&/]", text):
        return False
    if any(token.casefold() in _BUTTONS or token in {"of", "for", "the", "and", "in"} for token in tokens):
        return False
    return is_names(text) and not (_IS_PAPER.search(text) or is_agency(text) or TITLES.match(text))
