"""Names of people and of news agencies, as bylines write them."""

import re

from aggregator.core.seeds.lines import SPACES, WIDE, fold

MAX_JOB = 4  # words
MAX_NAME = 90  # characters; "By A, B and C in Seoul" stays below
# Agencies, and broadcasters that sign like them: their name alone, in an agency's place, says who reported.
AGENCIES = frozenset(
    fold(name)
    for name in """Reuters|Thomson Reuters|Reuters Staff|AP|The Associated Press|Associated Press|AP News|AFP|
Agence France-Presse|Agence France Presse|dpa|dpa-AFX|dpa International|Deutsche Presse-Agentur|
Xinhua|Xinhua News Agency|Yonhap|Yonhap News|Yonhap News Agency|Newsis|News1|KCNA|KBS|Kyodo|
Kyodo News|Jiji|Jiji Press|NHK|TASS|ITAR-TASS|Interfax|RIA Novosti|RIA|Sputnik|EFE|EFE Noticias|
Europa Press|ANSA|AGI|Adnkronos|LaPresse|PTI|Press Trust of India|IANS|ANI|UNI|UPI|
United Press International|Bloomberg|Bloomberg News|DPA/AFP|Anadolu|Anadolu Agency|AA|DHA|IHA|WAM|
SPA|ONA|QNA|KUNA|BNA|Petra|MENA|SANA|NINA|IRNA|ISNA|Tasnim|Fars|MEHR|MAP|TAP|APS|NNA|WAFA|Bernama|
Antara|VNA|PNA|TNA|CNA|Central News Agency|Focus Taiwan|AAP|PA|PA Media|Press Association|
The Canadian Press|Canadian Press|La Presse Canadienne|Belga|ANP|APA|SDA|Keystone-SDA|ATS|SID|epd|
KNA|AFX|AWP|BNS|ELTA|LETA|PAP|CTK|ČTK|TASR|MTI|Agerpres|BTA|Tanjug|Hina|STA|Lusa|TT|NTB|Ritzau|STT|
UNIAN|Ukrinform|BelTA|Agencia EFE|Télam|Telam|Notimex|Prensa Latina|Agência Brasil|ABr|
Agencia Estado|Dow Jones|Dow Jones Newswires|MarketWatch|CNN|BBC|BBC News|NPR|Al Jazeera|
Voice of America|VOA|VOA News|Radio Free Asia|RFA|RFE/RL|Deutsche Welle|DW|Reuters/AP|AP/AFP|
AFP/Reuters|PR Newswire|PRNewswire|Business Wire|BUSINESS WIRE|GlobeNewswire|GLOBE NEWSWIRE|
Newswise|EurekAlert|연합뉴스|뉴시스|뉴스1|조선중앙통신|로이터|AP통신|AFP통신|신화통신|교도통신|신화|
رويترز|أ ف ب|أ.ف.ب|ا ف ب|فرانس برس|أ ب|أ.ب|د ب أ|د.ب.أ|أ ش أ|أ.ش.أ|واس|وام|كونا|قنا|بترا|الأناضول|
شينخوا|سانا|وكالة الأنباء|РИА Новости|ТАСС|Интерфакс|Рейтер|Reuters Health|УНИАН|Укринформ|БелТА|
新华社|共同社|路透社|法新社|中央社|中新社|新華社|共同通信|時事通信""".replace("\n", "").split("|")
)
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
    r"local|technology|economics|features|digital|multimedia|data|investigative|transport)\s+)*"
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


def is_agency(text: str) -> bool:
    """Tell whether a text is the name of a news agency (also "AP/AFP", "Reuters, AP", "REUTERS")."""
    folded = fold(text)
    if folded in AGENCIES or re.fullmatch(
        r"dpa[-/][a-z]{2,4}", folded
    ):  # the German agency's regional services
        return True
    parts = [
        fold(part)
        for part in re.split(r"\s*[/,;&]\s*|\s+and\s+|\s+und\s+|\s+et\s+|\s+y\s+|-(?=[A-Z]{2})", text)
    ]
    return len(parts) > 1 and all(part in AGENCIES for part in parts)


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
    name = without_job(name)
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
    r"guardian|agency|media|network|tv|radio|service|university|institute|"
    r"ministry|bureau|writer|reporter|editor|correspondent|contributor|staff|desk|chief|"
    r"team|company|inc|group|writer)\b",
    re.IGNORECASE,
)


def is_lone_person(text: str) -> bool:
    """Tell whether a line without "by" can be a person's name, and not a paper's or a section's."""
    tokens = text.split()
    if not 2 <= len(tokens) <= 4 or text.startswith(("The ", "A ")) or re.search(r"[\d,&/]", text):
        return False
    if any(token.casefold() in _BUTTONS or token in {"of", "for", "the", "and", "in"} for token in tokens):
        return False
    return is_names(text) and not (_IS_PAPER.search(text) or is_agency(text) or TITLES.match(text))
