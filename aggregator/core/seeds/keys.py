"""What heads, front matter and JSON call the fields of an entry, in the languages we read."""

import re
from functools import lru_cache

from aggregator.core.seeds.lines import fold

# Field: its names in ranks, the most telling first; folded, with spaces for - _ . : and between humps.
NAMES: dict[str, tuple[str, ...]] = {
    "title": (
        (
            "title|headline|titel|überschrift|schlagzeile|titre|título|titulo|titular|titolo|kop|"
            "rubrik titel|tittel|overskrift|otsikko|tytuł|nagłówek|başlık|judul|заголовок|название|"
            "назва|제목|기사제목|العنوان|عنوان|عنوان الخبر|标题|標題|题目|題目|题名|"
            "タイトル|見出し|題名|件名|"
            "शीर्षक|כותרת|τίτλος|tiêu đề|titlu|název|nadpis|naslov|cím|head|hl|t1|ti"
        ),
        "heading|web title|subject|betreff|asunto|objet|oggetto|assunto|тема письма|konu|subyek",
    ),
    "text": (
        (
            "text|body|content|article body|full text|fulltext|content text|article text|plaintext|"
            "plain text|maintext|selftext|story text|body text|text content|body markdown|markdown|"
            "inhalt|volltext|artikeltext|contenu|corps|texte|contenido|cuerpo|texto|testo|contenuto|"
            "conteúdo|corpo|inhoud|tekst|treść|metin|içerik|haber metni|isi|konten|isi berita|innehåll|"
            "текст|содержание|текст статьи|текст новости|텍스트|본문|내용|기사내용|기사본문|النص|المحتوى|"
            "نص الخبر|正文|内容|內容|本文|記事|विषयवस्तु|लेख|मूल पाठ|nội dung"
        ),
        "article|story|raw text|message",
    ),
    "html": ("html|content html|body html|content encoded|encoded|html content|html body|encoded content",),
    "summary": (
        (
            "summary|description|abstract|excerpt|lead|lede|standfirst|deck|teaser|snippet|"
            "short description|lead paragraph|trail text|dek|kurzfassung|vorspann|zusammenfassung|"
            "beschreibung|résumé|chapeau|chapô|resumen|entradilla|descripción|sommario|descrizione|"
            "resumo|descrição|samenvatting|streszczenie|özet|spot|ringkasan|краткое содержание|анонс|"
            "описание|요약|부제|ملخص|摘要|导语|概要|सारांश|ab|n2"
        ),
        "subtitle|subheadline|subheading|untertitel|sous titre|subtítulo|sottotitolo",
    ),
    "id": ("id|guid|identifier|uid|uuid|article id|doc id|document id|item id|accession number|doi",),
    "url": (
        (
            "url|link|permalink|canonical|canonical url|canonical link|web url|article url|page url|"
            "post url|story url|full url|origin|href|lien|enlace|collegamento|ligação|adresse|dirección|"
            "bağlantı|tautan|ссылка|адрес|посилання|주소|링크|기사링크|원문링크|원문주소|"
            "الرابط|رابط|رابط الخبر|"
            "链接|鏈接|連結|网址|網址|原文链接|リンク|लिंक|कड़ी|liên kết|länk|lenke|linkki|odkaz|ur|l1"
        ),
        (
            "address|web|web address|webpage|original url|source url|source link|original link|"
            "resolved url|external url|expanded url|uri|link url"
        ),
        "alternate|shortlink|short url",
    ),
    "publisher": (
        (
            "publisher|publication|outlet|newspaper|newspaper name|publication title|journal|medium|"
            "media|media name|media outlet|site name|sitename|source name|publisher name|news agency|"
            "news source|newssource|news site|news outlet|paper|magazine|zeitung|herausgeber|verlag|"
            "éditeur|journal nom|média|medio|periódico|diario|editorial|editor responsable|testata|"
            "giornale|editore|jornal|veículo|krant|uitgever|wydawca|gazete|yayın|yayıncı|media massa|"
            "penerbit|издание|издатель|газета|сми|видання|언론사|매체|매체명|신문사|발행처|الناشر|الصحيفة|الموقع|"
            "媒体|媒體|报纸|報紙|出版|出版社|発行元|媒体名|新聞社|"
            "प्रकाशक|अखबार|समाचार पत्र|tidning|avis|avisa|pb|jf|t2"
        ),
        (
            "source|quelle|quelle name|fuente|fonte|bron|kilde|källa|lähde|źródło|zdroj|kaynak|sumber|"
            "источник|джерело|출처|المصدر|مصدر|来源|來源|出典|配信元|स्रोत|nguồn|πηγή|מקור|منبع|sursa|forrás|"
            "provider|agency|site|website|feed title|source title|origin title|blog|channel"
        ),
        "creditline|distributor|station|network",
    ),
    "author": (
        (
            "author|authors|by|byline|by line|creator|writer|writers|reporter|reporters|journalist|"
            "contributor|contributors|author name|author names|authors name|primary author|written by|"
            "reported by|posted by|published by|columnist|correspondent|autor|autorin|autoren|verfasser|"
            "verfasserin|von|text von|redakteur|auteur|auteurs|par|journaliste|rédacteur|autora|autores|"
            "por|periodista|redactor|redacción|autore|autori|di|a cura di|giornalista|repórter|"
            "jornalista|door|schrijver|auteur s|skribent|författare|forfatter|journalist navn|kirjoittaja|"
            "yazar|yazan|muhabir|penulis|wartawan|oleh|reporter nama|автор|авторы|корреспондент|журналист|"
            "작성자|기자|기자명|글쓴이|글|저자|الكاتب|المؤلف|كاتب|بقلم|"
            "المحرر|كتب|作者|记者|記者|撰稿|执笔|執筆|筆者|"
            "著者|文|लेखक|संवाददाता|रिपोर्टर|tác giả|συγγραφέας|מאת|نویسنده|autoři|szerző|au|a1"
        ),
        "editor|dc creator|user|username|account|screen name|poster",
    ),
    "published": (
        (
            "published|pubdate|pub date|date published|datepublished|published at|publishedat|"
            "published on|publication date|publicationdate|published date|publish date|publishdate|"
            "date publish|publish time|published time|publication time|publication datetime|"
            "web publication date|first published|originally published|date gmt|posted|posted on|"
            "posted at|date posted|post date|issued|date issued|release date|released|air date|"
            "published parsed|date of publication|firstpublished|display date|go live date|"
            "veröffentlicht|veröffentlicht am|erschienen|erschienen am|erscheinungsdatum|"
            "veröffentlichungsdatum|publiziert|date de publication|publié|publié le|paru le|parution|"
            "date de parution|mis en ligne|fecha de publicación|publicado|publicado el|publicada|"
            "data de publicação|publicado em|data di pubblicazione|pubblicato|pubblicato il|"
            "gepubliceerd|publicatiedatum|publicerad|publicerat|udgivet|publisert|julkaistu|opublikowano|"
            "data publikacji|yayın tarihi|yayınlanma tarihi|yayınlanma|yayımlanma tarihi|tanggal terbit|"
            "diterbitkan|tanggal publikasi|опубликовано|дата публикации|дата выхода|опубліковано|"
            "작성일|작성일자|입력|입력일|등록일|게시일|보도일|"
            "발행일|기사입력|송고시간|تاريخ النشر|نشر في|نُشر|نشر|"
            "发布|發布|发布时间|发布日期|發布時間|發佈時間|发表时间|"
            "发表日期|出版日期|公開日|公開日時|掲載日|配信日|"
            "配信日時|投稿日|発行日|प्रकाशित|प्रकाशन तिथि|प्रकाशन तारीख|ngày đăng|pd|y1|py"
        ),
        (
            "date|datetime|date time|dateline date|news date|datum|date et heure|fecha|fecha y hora|data|"
            "data e hora|dato|päivämäärä|tarih|tanggal|waktu|дата|날짜|"
            "일자|일시|보도일자|التاريخ|تاريخ|日期|时间|"
            "時間|日付|日時|दिनांक|तारीख|तिथि|ngày|ημερομηνία|תאריך|تاریخ|dată|dátum|da|dp"
        ),
        "timestamp|time|ts|created utc|epoch|day|utc|sent|time published|uhrzeit|время|시간",
    ),
    # When the record was made: the day of publication where nothing better is said, if it is no clipping.
    "created": (
        (
            "created|created at|date created|createdat|created on|creation date|created date|"
            "datecreated|created at i|erstellt|erstellt am|créé|créé le|creado|criado em|создано|생성일"
        ),
    ),
    "updated": (
        (
            "updated|modified|date modified|datemodified|last modified|lastmod|updated at|updatedat|"
            "last updated|date updated|modified at|modified gmt|date modify|last change|updated on|"
            "revised|edited|aktualisiert|zuletzt aktualisiert|geändert|letzte änderung|stand|mis à jour|"
            "mise à jour|modifié|actualizado|última actualización|actualización|aggiornato|"
            "ultimo aggiornamento|atualizado|atualizado em|bijgewerkt|zaktualizowano|güncelleme|"
            "güncellenme|son güncelleme|diperbarui|обновлено|изменено|оновлено|수정|수정일|"
            "최종수정|آخر تحديث|"
            "تحديث|更新|更新时间|更新日期|更新日|更新日時|最終更新|संशोधित|अपडेट"
        ),
    ),
    "categories": (
        (
            "categories|category|tags|tag|keywords|key words|topics|topic|labels|label|section|sections|"
            "subjects|article section|section name|category name|tag list|tags list|rubric|desk|"
            "news desk|channel name|beat|column|filed under|subject terms|descriptors|"
            "hashtags|kategorien|kategorie|schlagwörter|schlagworte|schlagwort|stichwörter|stichworte|"
            "rubrik|rubriken|ressort|themen|thema|catégories|catégorie|mots clés|mots clefs|mot clé|"
            "étiquettes|rubrique|rubriques|thèmes|thème|categorías|categoría|etiquetas|etiqueta|"
            "sección|secciones|temas|tema|palabras clave|categorie|categoria|etichette|parole chiave|"
            "sezione|argomenti|categorias|palavras chave|seção|editoria|marcadores|assuntos|assunto tema|"
            "onderwerpen|onderwerp|trefwoorden|categorieën|rubrieken|avdelning|ämnen|nyckelord|kategori|"
            "kategoriler|etiketler|etiket|anahtar kelimeler|konular|bölüm|kategorija|słowa kluczowe|tagi|"
            "dział|kata kunci|label berita|rubrika|klíčová slova|рубрика|рубрики|теги|тег|метки|"
            "ключевые слова|категория|категории|раздел|темы|тема|рубрика теми|ключові слова|카테고리|태그|"
            "키워드|분류|섹션|주제|해시태그|التصنيف|التصنيفات|الوسوم|وسوم|القسم|الأقسام|الكلمات المفتاحية|"
            "كلمات مفتاحية|كلمات دلالية|موضوعات|标签|標籤|分类|分類|栏目|"
            "欄目|关键词|關鍵詞|关键字|频道|板块|タグ|"
            "カテゴリ|カテゴリー|キーワード|ジャンル|श्रेणी|टैग|विषय|कीवर्ड|thẻ|chuyên mục|từ khóa|kw"
        ),
    ),
    "language": (
        (
            "language|lang|locale|sprache|langue|idioma|lingua|taal|język|dil|bahasa|язык|мова|언어|اللغة|"
            "语言|語言|言語|भाषा|språk|la"
        ),
    ),
    "rights": ("rights|copyright|license|licence|copyright notice|lizenz|droits|derechos|저작권",),
    # Keys of heads that say nothing of ours; their lines belong to the head all the same.
    "aside": (
        (
            "length|word count|words|load date|publication type|journal code|document type|type|layout|"
            "draft|status|slug|image|images|cover|thumbnail|photo|caption|dateline|edition|graphic|"
            "issn|issue|volume|page|pages|place of publication|country of publication|country|city|"
            "retrieved|accessed|access date|date accessed|saved|date saved|saved on|saved at|clipped|"
            "date added|added|fetched|scraped|crawled|downloaded|archived|ts fetched|"
            "to|cc|bcc|reply to|mime version|content type|content transfer encoding|list unsubscribe|"
            "message id|received|return path|x mailer|delivered to|importance|priority|comments|rating|"
            "länge|wörter|abgerufen am|abgerufen|consulté le|consultado el|ort|lieu|lugar|luogo|место|"
            "просмотры|조회|조회수|사진|عدد الكلمات|字数|字數|编辑|責任編輯|责任编辑|photographer|"
            "database|databases|database name|document id|proquest document id|accession number|source type|"
            "copyright holder|publisher logo|holdings|permissions|datenbank|base de données|base de datos|"
            "banca dati|base de dados|база данных|데이터베이스|数据库|قاعدة البيانات|"
            "ty|sn|sp|ep|vl|cy|n1|er"
        ),
    ),
}
# Words that a key may carry besides the one that tells; which of them depends on the field.
ANY_FIELD = frozenset(
    "article news story post page item entry record doc document web main full primary original "
    "dc dcterms og twitter meta prism citation sailthru parsely fields attributes".split()
)
OF_DATES = frozenset(
    "date time datetime at on utc iso gmt ts timestamp unix epoch ms day string local parsed value".split()
)
OF_NAMES = frozenset("name names list full display title text label value string".split())
EXTRA = {
    "published": ANY_FIELD | OF_DATES,
    "created": ANY_FIELD | OF_DATES,
    "updated": ANY_FIELD | OF_DATES | {"last"},
    "publisher": ANY_FIELD | OF_NAMES,
    "author": ANY_FIELD | OF_NAMES | {"line"},
    "categories": ANY_FIELD | OF_NAMES,
    "title": ANY_FIELD | {"text", "rendered", "value", "plain"},
    "text": ANY_FIELD | {"rendered", "value", "plain", "clean", "html"},
}
RANKS = {
    name: (field, rank)
    for field, ranks in reversed(NAMES.items())
    for rank, names in reversed(list(enumerate(ranks)))
    for name in names.split("|")
}
HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
MAX_KEY = 60  # characters; a longer key is a sentence


@lru_cache(maxsize=4_096)
def rank_of(key: str) -> tuple[str, int] | None:
    """Return the field that a key names and how telling the name is (0: most); None where it is no key."""
    if not 0 < len(key) <= MAX_KEY:
        return None
    words = _words(HUMP.sub(" ", key)) or _words(key)
    exact = RANKS.get(" ".join(words)) or RANKS.get(" ".join(_words(key)))
    return exact or next((found for part in _parts(words) if (found := _with_extra(words, part))), None)


def _words(key: str) -> list[str]:
    key = re.sub(r"\((?:s|es|e|in|nen|en|ы)\)", "", key)  # "Author(s)"
    return fold(re.sub(r"[-_.:/@'’()\[\]*\s]+", " ", key)).split()


def _parts(words: list[str]) -> list[tuple[int, int]]:
    """Return the runs of a key's words that may be its name without what it carries, the longest first."""
    count = len(words) if len(words) <= 5 else 0
    return [(i, i + size) for size in range(count - 1, 0, -1) for i in range(count - size + 1)]


def _with_extra(words: list[str], part: tuple[int, int]) -> tuple[str, int] | None:
    found = RANKS.get(" ".join(words[slice(*part)]))
    rest = {*words[: part[0]], *words[part[1] :]}
    return (found[0], found[1] + 1) if found and rest <= EXTRA.get(found[0], ANY_FIELD) else None


def field_of(key: str) -> str | None:
    """Return the field that a key names; None where it is no key of ours."""
    found = rank_of(key)
    return found[0] if found and found[0] != "aside" else None


def is_aside(key: str) -> bool:
    """Tell whether a key is known to say nothing of ours."""
    found = rank_of(key)
    return found is not None and found[0] == "aside"
