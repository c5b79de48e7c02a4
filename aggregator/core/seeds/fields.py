"""Named fields of an entry, as heads, front matter and JSON call them."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from aggregator.core import clean
from aggregator.core.seeds import dates
from aggregator.core.seeds.draft import Draft, When
from aggregator.core.seeds.lines import fold
from aggregator.core.seeds.metaline import split_labels

KEYS = {  # field of Draft: names it is given, folded, - and _ as spaces
    "title": (
        "title|headline|heading|subject|titel|überschrift|titre|título|titulo|titolo|"
        "заголовок|название|제목|العنوان|标题|タイトル"
    ),
    "text": (
        "text|body|content|article|articlebody|article body|full text|fulltext|content text|"
        "story|inhalt|contenu|contenido|텍스트|본문|내용|النص|текст|正文"
    ),
    "summary": (
        "summary|description|abstract|excerpt|lead|lede|standfirst|deck|teaser|"
        "zusammenfassung|résumé|resumen|요약"
    ),
    "html": "html|content html|body html",
    "id": "id|guid|identifier|uid|uuid",
    "url": (
        "url|link|permalink|canonical|canonical url|address|web|href|source url|article url|"
        "original url|lien|enlace|ссылка|주소|링크|الرابط"
    ),
    "publisher": (
        "publisher|source|outlet|newspaper|publication|site|site name|sitename|website|"
        "agency|provider|medium|quelle|éditeur|fuente|fonte|источник|издание|출처|언론사|"
        "المصدر|来源"
    ),
    "author": (
        "author|authors|by|byline|creator|writer|reporter|journalist|autor|autorin|auteur|"
        "autore|автор|작성자|기자|الكاتب|作者"
    ),
    "published": (
        "published|date|pubdate|pub date|date published|datepublished|published at|"
        "publishedat|published on|publication date|published date|publish date|publishdate|"
        "posted|posted on|created|created at|time|timestamp|datetime|datum|veröffentlicht|"
        "date de publication|publié|fecha|publicado|data|дата|опубликовано|작성일|날짜|일자|"
        "التاريخ|تاريخ النشر|日期"
    ),
    "updated": (
        "updated|modified|date modified|datemodified|last modified|lastmod|updated at|"
        "updatedat|last updated|aktualisiert|mis à jour|actualizado|обновлено|수정일"
    ),
    "categories": (
        "categories|category|tags|tag|keywords|key words|topics|topic|labels|label|section|"
        "sections|subjects|kategorien|kategorie|schlagwörter|catégories|catégorie|mots clés|"
        "categorías|categoría|etiquetas|рубрика|теги|метки|카테고리|태그|키워드|التصنيف|"
        "الوسوم|标签"
    ),
    "language": "language|lang|locale|sprache|langue|idioma|язык|언어|اللغة",
    "rights": "rights|copyright|license|licence",
}
FIELD_OF = {name: field for field, names in KEYS.items() for name in names.split("|")}
EPOCH_SECONDS = (
    0.0,
    4e9,
)  # a number below is seconds since 1970 (until 2096), a thousand times that milliseconds
LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")
TAG = re.compile(r"<(?:p|br|div|a|span|em|strong|b|i|h[1-6]|ul|ol|li|blockquote|img)\b[^>]*>", re.IGNORECASE)


def field_of(key: str) -> str | None:
    """Return the field that a key names; None where it is no key of ours."""
    return FIELD_OF.get(fold(key.replace("_", " ").replace("-", " ")))


def draft_of(values: Mapping[str, Any], order: dates.Order = None) -> Draft:
    """Make a draft of named values, whatever kind of document names them; the first of a field counts."""
    known: dict[str, Any] = {}
    labels: list[str] = []
    for key, value in values.items():
        field = field_of(str(key))
        if field == "categories":
            labels += _labels(value)
        elif field and value not in (None, "", [], {}):
            known.setdefault(field, value)
    body = _string(known.get("text")) or ""
    html = _string(known.get("html")) or (body if TAG.search(body) else "")
    return Draft(
        title=_plain(_string(known.get("title")) or ""),
        text=clean.html_to_text(html) if html else body or _plain(_string(known.get("summary")) or ""),
        id=_string(known.get("id")),
        url=_string(known.get("url")),
        publisher=_names(known.get("publisher")),
        author=_names(known.get("author")),
        published=when(known.get("published"), order),
        updated=when(known.get("updated"), order),
        categories=tuple(labels),
        html=html,
        language=_language(known.get("language")),
        rights=_string(known.get("rights")),
    )


def when(value: Any, order: dates.Order = None) -> When | None:
    """Read a date: text, a number of seconds or milliseconds since 1970, or what TOML gives."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _epoch(float(value))
    text = value.isoformat() if hasattr(value, "isoformat") else _string(value) or ""
    return clean.parse_date(text) or dates.first_date(text, order)


def _epoch(number: float) -> When | None:
    for scale in (1, 1_000):
        if EPOCH_SECONDS[0] < number / scale < EPOCH_SECONDS[1]:
            return datetime.fromtimestamp(number / scale, UTC), False
    return None


def _string(value: Any) -> str | None:
    """Return a value as text; of a list the parts, of an object its name."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return next(
            (
                text
                for key in ("name", "title", "url", "@id", "value")
                if isinstance(text := value.get(key), str)
            ),
            None,
        )
    if isinstance(value, list | tuple):
        return "\n\n".join(part for item in value[:1_000] if (part := _string(item))) or None
    return None if value is None or isinstance(value, bool) else str(value)


def _names(value: Any) -> str | None:
    """Return one name or several, separated by commas."""
    if isinstance(value, list | tuple):
        return ", ".join(name for item in value[:20] if (name := _string(item))) or None
    return _string(value)


def _labels(value: Any) -> list[str]:
    if isinstance(value, str):
        return list(split_labels(value))
    items: Iterable[Any] = value if isinstance(value, list | tuple) else (value,)
    return [label for item in list(items)[:200] if (label := _string(item))]


def _language(value: Any) -> str | None:
    text = _string(value) or ""
    return text.replace("_", "-") if LANGUAGE.match(text) else None


def _plain(text: str) -> str:
    return clean.html_to_text(text) if TAG.search(text) or "&" in text else text
