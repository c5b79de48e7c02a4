"""Words that file things instead of naming them, and what is left of publishers' labels without them."""

import re
from collections.abc import Collection

from aggregator.core.identity import publisher_key, words
from aggregator.core.text import STOP

MAX_LABEL = 40  # characters
MAX_WORDS = 5  # of a label

# Where a site files things, in the languages whose sites we have seen do so: sections, forms, furniture.
GENERIC = frozenset(
    """news world international national local business economy finance money markets politics sport sports
    culture opinion opinions editorial editorials comment comments commentary blog blogs analysis feature
    features top stories story latest breaking headlines headline home homepage general other others misc
    miscellaneous uncategorized uncategorised unsorted untagged default article articles post posts all
    everything front page pages cover main video videos photo photos picture pictures image images gallery
    galleries audio podcast podcasts newsletter newsletters press release releases update updates today
    week weekly daily monthly archive archives category categories tag tags topic topics section sections
    asia europe africa america americas oceania middle east north south west us usa uk eu life lifestyle
    living people society entertainment arts health science technology tech media education weather
    travel food style fashion environment climate energy law crime obituaries letters columns columnists
    columnist magazine print web online featured editor editors choice pick picks special report reports
    interview interviews review reviews exclusive must read reads reading popular trending recommended more
    new newswire wire feed feeds rss content none null undefined test sponsored advertisement
    announcements announcement events event information info misc government public affairs
    domestic foreign global regional community city state metro country district nation

    nachrichten welt politik wirtschaft kultur meinung allgemein aktuell aktuelles schlagzeilen startseite
    ausland inland wissen wissenschaft technik gesellschaft panorama vermischtes sonstiges leben reise
    gesundheit bildung beitrag beiträge artikel kommentar kommentare übersicht

    actualité actualités actualites monde économie economie politique une divers général général société
    sciences santé accueil faits brèves non classé internationale nationale

    noticias mundo economía economia política politica deportes deporte opinión sociedad portada general
    ciencia tecnología salud actualidad internacional nacional sin categoría últimas ultimas

    notizie cronaca esteri interni cultura sport scienza salute attualità mondo primo piano

    notícias brasil esportes esporte opinião saúde ciência geral últimas sociedade

    nieuws binnenland buitenland wereld economie cultuur algemeen overig
    nyheter nyheder verden världen inrikes utrikes ekonomi økonomi kultur politikk
    wiadomości świat kraj polityka gospodarka kultura sport inne haberler dünya ekonomi siyaset spor gündem
    berita dunia ekonomi politik olahraga umum

    новости мир политика экономика общество спорт культура главное наука происшествия разное
    новини світ політика економіка суспільство культура
    뉴스 정치 경제 사회 국제 문화 스포츠 연예 세계 속보 종합 일반 기타 미분류 오피니언 사설 칼럼 포토 영상
    أخبار الأخبار سياسة السياسة اقتصاد الاقتصاد عالم العالم رياضة الرياضة ثقافة الثقافة مجتمع عام
    محليات دولي عاجل منوعات رأي مقالات غير مصنف
    समाचार खबर खबरें दुनिया देश राजनीति खेल मनोरंजन विदेश व्यापार
    新聞 新闻 國際 国际 政治 經濟 经济 社會 社会 文化 體育 体育 娛樂 娱乐 財經 财经 頭條 头条 要聞 要闻
    其他 未分類 未分类 ニュース 国際 経済 スポーツ エンタメ 総合 その他 社説 速報 主要
    חדשות עולם פוליטיקה כלכלה ספורט תרבות""".split()
)
# Titles and posts before people's names.
TITLES = frozenset(
    """president presidents vice chancellor minister ministers prime secretary speaker senator senators
    sen rep reps representative governor gov attorney general justice judge king queen crown prince
    princess pope gen leader chief chairman chairwoman chair director mayor congressman congresswoman
    ambassador envoy dr mr mrs ms miss sir lord lady dame professor prof captain capt colonel col sergeant
    sgt lieutenant lt major maj admiral adm counsel commissioner commander sheriff officer deputy acting
    former late rev pastor father sister bishop archbishop cardinal imam sheikh ayatollah emir sultan
    spokesman spokeswoman ceo cfo coach manager candidate nominee lawmaker congresswomen

    präsident präsidentin kanzler kanzlerin bundeskanzler bundeskanzlerin ministerpräsident minister
    ministerin außenminister außenministerin bundespräsident herr frau président présidente ministre
    premier monsieur madame presidente presidenta ministro ministra señor señora primer don signor
    президент министр премьер""".split()
)
CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue
    tues wed thu thur thurs fri sat sun spring summer autumn winter
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz mai juni juli
    oktober dezember lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril juin
    juillet août septembre octobre novembre décembre lunes martes miércoles jueves viernes sábado domingo
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre""".split()
)
# Words that begin headlines and sentences with a capital, bylines and agencies' marks: they name nothing.
PLAIN = frozenset(
    """again although among amid another any anyone around because before behind beyond despite during
    earlier everyone few first following fourth further given here hours however image last later least
    less many meanwhile minutes month months much next nobody none nothing old once one only second seven
    several shortly six some someone somewhere ten third those three today tomorrow tonight two until
    several what year years yesterday yet according watch live exclusive breaking update factbox
    explainer timeline transcript correction opinion perspective says said say reuters ap afp upi dpa
    reporting reported writing written editing edited by staff writer associated agence france presse
    copyright rights reserved subscribe sign click share email getty photograph
    caption file please thank thanks yes no ok okay

    der die das den dem des ein eine einer eines einem einen und oder aber nicht mit von vom zum zur bei
    beim nach vor aus auf für über unter im am in an zu wie was wer wo wann warum als wenn weil dass ob
    auch noch nur schon mehr sehr so es er sie wir ihr ich man kein keine sein seine ihre diese dieser
    dieses diesen jetzt heute gestern morgen hier da dort doch nun seit bis gegen ohne um durch

    le la les l un une des du de d et ou mais ne pas avec pour par sur sous dans en au aux ce cet cette
    ces son sa ses leur leurs qui que quoi dont où il elle ils elles nous vous je on est sont plus très
    el los las lo unos unas y o pero no con para por sobre bajo al del este esta estos estas su sus que
    quien donde él ella ellos nosotros es son más muy gli i uno e ma non per su il che chi dove è sono più
    molto nel della dei delle os as um uma não com em do da dos das no na ao se het een en of maar niet met
    voor door op bij""".split()
)
EMPTY = GENERIC | TITLES | CALENDAR | PLAIN | STOP
PARTS = re.compile(r"\s*[/>|»,;•]\s*|\s+[-–—:]\s+|::")  # hierarchies and lists inside one label


def parts_of(label: str) -> tuple[str, ...]:
    """Return the label and, where it is a path or a list ("World/Asia"), its parts."""
    whole = " ".join(label.split())
    found = [part.strip(" #@\"'") for part in PARTS.split(whole)]
    return tuple(dict.fromkeys(part for part in found if part))


def is_telling(name: str, strangers: Collection[str] = ()) -> bool:
    """Say whether a name tells what something is about.

    strangers: `publisher_key` of publishers and bylines; those tell who wrote, not about what.
    """
    found = words(name)
    return (
        0 < len(found) <= MAX_WORDS
        and len(name) <= MAX_LABEL
        and not all(_is_empty(word) for word in found)
        and any(len(word) > 2 or (not word.isascii() and len("".join(found)) > 1) for word in found)
        and " ".join(found) not in strangers
        and publisher_key(name) not in strangers
    )


def _is_empty(word: str) -> bool:
    return word in EMPTY or word.isdigit() or (len(word) == 1 and word.isascii())
