"""News agencies, and broadcasters that sign like them: their names in the languages we read."""

import re
import unicodedata

# One agency a line: the name people know it by, then others it signs with, separated by |.
_NAMES = """
Reuters|Thomson Reuters|Reuters Staff|Reuters Health|로이터|로이터통신|رويترز|Рейтер|路透社|ロイター
AP|The Associated Press|Associated Press|AP News|AP통신|أ ب|أ.ب|美联社
AFP|Agence France-Presse|Agence France Presse|AFP통신|أ ف ب|أ.ف.ب|ا ف ب|فرانس برس|法新社
dpa|dpa-AFX|dpa International|Deutsche Presse-Agentur|د ب أ|د.ب.أ
Xinhua|Xinhua News Agency|신화통신|신화|شينخوا|新华社|新華社
Yonhap|Yonhap News|Yonhap News Agency|연합뉴스
Newsis|뉴시스
News1|뉴스1
KCNA|Korean Central News Agency|조선중앙통신
Kyodo|Kyodo News|교도통신|共同社|共同通信
Jiji|Jiji Press|時事通信
TASS|ITAR-TASS|ТАСС
Interfax|Интерфакс
RIA Novosti|RIA|РИА Новости
EFE|EFE Noticias|Agencia EFE
PTI|Press Trust of India
UPI|United Press International
Bloomberg|Bloomberg News
Anadolu|Anadolu Agency|AA|الأناضول
WAM|وام
SPA|واس
KUNA|كونا
QNA|قنا
Petra|بترا
MENA|أ ش أ|أ.ش.أ
SANA|سانا
CNA|Central News Agency|Focus Taiwan|中央社
PA|PA Media|Press Association
The Canadian Press|Canadian Press|La Presse Canadienne
SDA|Keystone-SDA
CTK|ČTK
UNIAN|УНИАН
Ukrinform|Укринформ
BelTA|БелТА
Télam|Telam
Agência Brasil|ABr
Dow Jones|Dow Jones Newswires
BBC|BBC News
Voice of America|VOA|VOA News
Radio Free Asia|RFA
Deutsche Welle|DW
PR Newswire|PRNewswire
Business Wire|BUSINESS WIRE
GlobeNewswire|GLOBE NEWSWIRE
"""
# Each of these is known by one name.
_SINGLE = """KBS|NHK|Sputnik|Europa Press|ANSA|AGI|Adnkronos|LaPresse|IANS|ANI|UNI|DHA|IHA|ONA|BNA|NINA|IRNA|
ISNA|Tasnim|Fars|MEHR|MAP|TAP|APS|NNA|WAFA|Bernama|Antara|VNA|PNA|TNA|AAP|Belga|ANP|APA|ATS|SID|epd|KNA|AFX|
AWP|BNS|ELTA|LETA|PAP|TASR|MTI|Agerpres|BTA|Tanjug|Hina|STA|Lusa|TT|NTB|Ritzau|STT|Notimex|Prensa Latina|
Agencia Estado|MarketWatch|CNN|NPR|Al Jazeera|RFE/RL|Newswise|EurekAlert|وكالة الأنباء|中新社"""

# What is also a word, a given name or a region: alone it says nothing, in an agency's place it does.
_ORDINARY = frozenset(
    "aa|agi|ani|antara|aps|epd|fars|hina|lusa|map|mehr|mena|nina|pa|petra|sana|sid|spa|sputnik|sta|tap|tasnim|tt|"
    "uni|ria".split("|")
)

_EDGES = " .,:;!?…|•·»«›‹–—-_+#=/\\()[]<>\"'"
_PARTS = re.compile(r"\s*[/,;&]\s*|\s+(?:and|und|et|y)\s+|-(?=[A-Z]{2})")
_REGIONAL = re.compile(r"dpa[-/][a-z]{2,4}")  # the German agency's regional services


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(plain.split()).strip(_EDGES)


_GROUPS = tuple(tuple(line.split("|")) for line in _NAMES.strip().splitlines())
_KNOWN = {_fold(name): group[0] for group in _GROUPS for name in group}
_KNOWN |= {_fold(name): name for name in _SINGLE.replace("\n", "").split("|")}
_ACRONYMS = frozenset(
    _fold(name)
    for name in (*(name for group in _GROUPS for name in group), *_KNOWN.values())
    if name.isascii() and name.isupper()
)


def agency(text: str) -> str | None:
    """Return the name that an agency is known by; None where the text names none."""
    folded = _fold(text)
    return "dpa" if _REGIONAL.fullmatch(folded) else _KNOWN.get(folded)


def signs(text: str) -> bool:
    """Tell whether a text on its own can only be an agency's name, or several: "AFP, dpa", not "spa"."""
    return _is_unmistakable(text) or all(map(_is_unmistakable, _PARTS.split(text)))


def _is_unmistakable(text: str) -> bool:
    folded = _fold(text)
    return bool(agency(text)) and folded not in _ORDINARY and (text.isupper() or folded not in _ACRONYMS)


def is_agency(text: str) -> bool:
    """Tell whether a text is the name of a news agency (also "AP/AFP", "Reuters, AP", "REUTERS")."""
    if agency(text):
        return True
    parts = _PARTS.split(text)
    return len(parts) > 1 and all(agency(part) for part in parts)
