"""What an element of a page is there for, by its name, class and id.

The words are those that the common content systems and news sites name their parts with, in the languages
their makers speak. They are compared as whole words ("-share-"), so that "sharepoint-story" stays.
"""

import re
from enum import StrEnum

from lxml import html

from aggregator.core.seeds.html.tree import names, props, roles


class Zone(StrEnum):
    """What a part of a page is that is not the article's text."""

    NOTHING = "nothing"  # scripts, styles, hidden parts: not shown at all
    SITE = "site"  # menus, related pieces, adverts, sign-up boxes
    COMMENTS = "comments"
    PICTURE = "picture"  # captions, credits, quotes pulled out of the text
    FACTS = "facts"  # headline, byline, date, tags: no text, but they say something about it


def _any(words: str) -> re.Pattern[str]:
    return re.compile(f"-(?:{'|'.join(words.split())})-")


# Buttons to share stand beside the byline in one frame.
SHARED = _any(
    "shar(?:e|es|ing) share-\\w+ \\w+-share \\w*social socials? socialmedia sns sns-\\w+ follow follow-\\w+"
)
SIGNED = ".//time | .//*[@itemprop='author' or @itemprop='datePublished' or contains(@rel, 'author')]"
NO_TEXT = frozenset(
    (
        "script style noscript template iframe svg math canvas object embed applet select textarea "
        "input button audio video dialog head title map datalist meter progress"
    ).split()
)
TAGS = {
    **dict.fromkeys(("nav", "aside", "menu", "form"), Zone.SITE),
    **dict.fromkeys(("footer", "header"), Zone.FACTS),
    **dict.fromkeys(("figure", "figcaption"), Zone.PICTURE),
    "amp-sidebar": Zone.SITE,
    "amp-consent": Zone.SITE,
    "amp-ad": Zone.SITE,
    "amp-social-share": Zone.SITE,
    "amp-user-notification": Zone.SITE,
}
ROLES = {
    **dict.fromkeys(("navigation", "complementary", "search", "dialog", "menu", "menubar"), Zone.SITE),
    **dict.fromkeys(("banner", "contentinfo"), Zone.FACTS),
}
# The first table that has a word of the element decides.
WORDS: tuple[tuple[Zone, re.Pattern[str]], ...] = (
    (
        Zone.COMMENTS,
        _any(
            """
            comments? comment-\\w+ commentlist commentform comments-\\w+ \\w*disqus\\w* respond replies reply
            kommentare?n? leserkommentare commentaires? comentarios? commenti yorum(?:lar)? komentarze
            reactions? reacties responses discussion livefyre guestbook datgeul opinions-list"""
        ),
    ),
    (
        Zone.PICTURE,
        _any(
            """captions? caption-\\w+ \\w*caption legendes? bildunterschrift bildtext bildnachweis
            photo-?(?:credit|caption|info) image-?(?:credit|caption|info) picture-caption credits? credit-line
            pie-de-foto pie-foto didascalia bijschrift pull-?quotes? pull-quote-\\w+ galler(?:y|ies)
            slideshow carousel lightbox photo-?(?:box|wrap|area) img-?(?:desc|caption|txt|info|box)
            copyright-?img
            foto-?(?:caption|credit|legenda|box) zitatbox"""
        ),
    ),
    (
        Zone.SITE,
        _any(
            r"""sharedaddy addthis
            related related-\w+ \w*-?related relateds? recommend\w* recommendations?
            more-?(?:stories|news|from|posts|articles|on|like) also-?like
            most-?(?:read|popular|viewed|shared|commented)
            mostread trending popular \w*cookies? consent gdpr cmp privacy \w*newsletter\w* sign-?up
            signup-\w+
            subscri\w+ paywall piano membership donat\w+ support-us ads? adv advert\w*
            ad-?(?:slot|container|unit|wrapper|block|label|box|banner|zone|space)
            \w*adsense dfp gpt sponsor\w* promo promos promotion\w* promobox \w*-promo banner banners
            bread-?crumbs? \w*breadcrumbs? side-?bar\w* rail rightrail nav navi navbar navigation subnav
            gnb lnb snb menus?
            tool-?bar tool-?box tools widget-area
            pagination paging pager pagenav post-nav\w* nav-?links
            nav-?(?:single|below|above|previous|next) outbrain taboola
            teasers? teaser-\w+ see-?also read-?(?:more|next|also|on) also-?read interstitial-?link
            inline-?link onward recirc\w*
            log-?in login-\w+ register user-?menu skip skip-?(?:link|to|nav) search search-?(?:form|box)
            feedback
            poll quiz toc table-of-contents contents-list
            author-?(?:box|bio|description|card|profile|about|more)
            about-?(?:the-)?author bio biography profile-?card tag-?cloud archive-?list blogroll
            popup pop-?up modal overlay lightbox-nav toast alert-bar ticker breaking weather market-\w+
            stock-?ticker
            print-?only sr-?only screen-?reader-?text visually-?hidden visuallyhidden assistive-text
            app-?(?:download|banner|promo) back-?to-?top go-?top scroll-?top latest-?news site-?(?:footer|map)
            global-?(?:header|footer|nav) rss mw-editsection edit-?(?:section|link) report-?error
            error-?report correction-form
            teilen teilen-\w+ anzeigen? werbung reklame meistgelesen \w*gelesen lesen-sie-auch
            mehr-zum-thema mehr-\w+
            verwandte\w* empfehlung\w* brotkrumen abo abo-\w+ fuss fusszeile kopfzeile
            partag\w+ publicite pub a-lire a-lire-aussi lire-aussi plus-lus fil-ariane pied encart-pub
            populaires sur-le-meme-sujet
            compartir compart\w+ publicidad publicidade anuncios? relacionad[ao]s? noticias-relacionadas?
            mas-?leid[ao]s
            mais-?lid[ao]s migas pie cabecera aviso aviso-\w+ boletin suscrip\w+ leia-?(?:mais|tambem)
            lea-?tambien
            te-puede-interesar saiba-mais veja-mais veja-tambem assine condividi correlati leggi-anche
            ti-potrebbe-interessare
            pubblicita lees-ook advertentie delen
            reklam\w* paylas\w* ilgili ilgili-\w+ bulten cok-okunan\w* abone
            reklama podpiska pohozhie chitayte-takzhe read-also soc-\w+ weather-\w+ currency udostepnij
            ranking kanren osusume pan share-btn sns-?btns? byte-?box recommend-news hot-news relate
            relate-news
            reporter-?(?:box|info|profile|news) byline-box subscribe-\w+ copyright-text"""
        ),
    ),
    (
        Zone.FACTS,
        _any(
            r"""
            bylines? by-?line byline-\w+ \w+-byline authors? author-\w+ \w+-author autor(?:en|in|es)?
            auteurs? autore
            yazar writer reporter journalist posted posted-\w+ date dates date-\w+ \w+-date pub-?date
            publish\w* timestamp time time-\w+ datum stand fecha \w+-fecha data data-pub\w* tarih datetime
            updated update-time meta metas meta-\w+ \w+-meta
            metadata infos? info-\w+ \w+-info details-bar submitted
            tags? tags-\w+ tag-?(?:list|links|group|box|container|area|cloud-article) \w+-tags taglist
            keywords? hashtags? topics topic-(?:list|links|tags) labels post-labels
            categor(?:y|ies) category-\w+ cat-?links rubric rubrik rubrique kicker eyebrow overline
            overtitle pretitle ressort
            dachzeile antetitulo chapeu occhiello section-(?:name|label|title) article-section schlagworte
            schlagwoerter etiquetas etiquettes
            sub-?titles? sub-?head(?:line|ing|s)? subheadline stand-?first dek deck excerpt \w+-excerpt
            chapo vorspann bajada
            sommario catenaccio sottotitolo linha-fina ozet spot tagline article-summary post-description
            source sources fuente quelle kaynak copyright copy-right permalink footer \w+-footer header
            \w+-header
            views view-count hits counter read-?time reading-time time-to-read
            field-name-field-tags field-tags name-field-tags"""
        ),
    ),
)
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Old pages name a part by its place alone; the place says nothing of a part that holds the article.
PLACES = re.compile(
    r"(?:^| )-(?:left|right|(?:left|right)-?(?:col|column|side|bar|menu|nav)|side|top|bottom|foot|header|"
    r"head|"
    r"kopf|footer|page-?(?:header|footer|bottom)|bottom-\w+|top-\w+|extra|secondary|col-right|col-left)-(?: |"
    r"$)"
)
BODY = re.compile(
    r"-(?:article|post|entry|story|news|content|main|text|noticia|artikel|articulo)-?(?:body|content|text|"
    r"txt|"
    r"entry|view-content|inhalt|cuerpo|contenido|corps|metin|detail)-"
)
KEPT = frozenset(("html", "body", "main", "h1", "tr", "tbody", "thead"))
INLINE = frozenset("b strong i em u font small big q cite code abbr mark sub sup s del ins".split())


def is_hidden(element: html.HtmlElement) -> bool:
    """Tell whether a browser shows nothing of an element."""
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(HIDDEN_STYLE.search(element.get("style") or ""))
    )


def zone_of(element: html.HtmlElement) -> Zone | None:
    """Tell what an element is by its own marks; None where they say nothing against its being the text."""
    tag = element.tag
    if not isinstance(tag, str) or tag in NO_TEXT:
        return Zone.NOTHING
    if tag in KEPT or tag in INLINE:
        return None
    if is_hidden(element):
        return Zone.NOTHING
    known = TAGS.get(tag) or ROLES.get(element.get("role") or "")
    if known and known is not Zone.FACTS:
        return known
    return _named(element) or known


def _named(element: html.HtmlElement) -> Zone | None:
    words = roles(element)
    named = next((zone for zone, pattern in WORDS if pattern.search(words)), None) if words else None
    if named is None and words and SHARED.search(words):
        return Zone.FACTS if element.xpath(SIGNED) else Zone.SITE
    if element.tag == "article":  # blogs put the labels of a post into its class
        return None if named is Zone.FACTS else named
    if named is None and words and PLACES.search(names(element)):
        return Zone.SITE
    if named is None and element.tag == "a" and "tag" in (element.get("rel") or "").split():
        return Zone.FACTS
    if named is None and props(element) & {
        "author",
        "datePublished",
        "dateModified",
        "keywords",
        "publisher",
    }:
        return Zone.FACTS
    return named
