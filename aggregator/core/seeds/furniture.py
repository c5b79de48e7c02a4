"""What a site puts around an article: recognised by set phrases in several languages and by form.

The phrases are what the common content systems and news sites print; none of them decides about a paragraph
of running text, except the few calls to sign up, pay or accept cookies that are sentences themselves.
"""

import re
from enum import StrEnum

from aggregator.core.seeds.lines import RULE, fold, is_bullet, width, words


class Furniture(StrEnum):
    """What a line that is not the article is there for."""

    MENU = "menu"  # a section's name; between two paragraphs it is a sub-heading like any other
    BUTTON = "button"  # share, print, font size, log in, counters
    ADVERT = "advert"
    SIGN_UP = "sign-up"  # newsletters, cookies, subscriptions, apps
    RELATED = "related"  # a heading over a list of other pieces
    SEE_ALSO = "see also"  # one line that points to another piece, or announces one on the next line
    COMMENTS = "comments"  # a heading over readers' comments
    COPYRIGHT = "copyright"
    CREDIT = "credit"  # who took the picture
    HEADING = "heading"  # of an archive page: "Category: World"
    PAGES = "pages"  # older posts, page 2 of 9
    WEATHER = "weather"


PHRASES: dict[Furniture, str] = {  # folded lines, separated by |
    Furniture.MENU: (
        "actualité|actualités|africa|afrique|americas|américa|analysis|arts|asia|ausland|auto|blog|"
        "blogs|business|ciencia|ciência|columnists|columns|cronaca|cultura|culture|deportes|digital|"
        "débats|dünya|economia|economy|economía|editorial|editorials|education|ekonomi|entertainment|"
        "españa|esportes|esteri|europe|events|fashion|features|finance|food|france|gesellschaft|"
        "gesundheit|gündem|health|highlights|idées|inland|internacional|international|interviews|"
        "karriere|key points|kultur|latest news|leben|letters|life|lifestyle|local|magazine|markets|"
        "meinung|middle east|monde|money|multimedia|mundo|météo|nachrichten|nacional|national|news|"
        "noticias|notícias|opinion|opinions|opinión|panorama|planète|podcast|podcasts|politics|politik|"
        "politique|política|ratgeber|region|regional|reise|salud|salute|santé|saúde|science|sciences|"
        "sociedad|société|special|special reports|specials|spor|sport|sports|style|tech|technology|"
        "tecnología|travel|u.s|uk|us|videos|wetter|wirtschaft|wissen|wissenschaft|world|world news|"
        "économie|в мире|здоровье|культура|мир|мнения|наука|новости|общество|погода|политика|"
        "происшествия|россия|спорт|технологии|экономика|آراء|أخبار|اقتصاد|الأخبار|الاقتصاد|الرياضة|"
        "السياسة|العالم|تكنولوجيا|ثقافة|دولي|رأي|رياضة|سياسة|صحة|عربي|عربي ودولي|علوم|محلي|محليات|"
        "منوعات|경제|과학|국제|뉴스|문화|북한|사설|사회|세계|스포츠|연예|오피니언|정치|칼럼|포토"
    ),
    Furniture.BUTTON: (
        "share|reuse this content|article history|blogthis|share this|share article|share this article|share this story|share this post|share this page|share on|share it|shares|sharing|"
        "share via|share with|share link|copy link|copy url|copy|link copied|email|e-mail|email this|email this article|mail|send|send to a friend|"
        "print|print this|print this page|print this article|print article|print friendly|printer friendly|printer-friendly version|pdf|save|save article|save story|save for later|"
        "bookmark|tweet|retweet|facebook|twitter|x|linkedin|whatsapp|telegram|reddit|pinterest|tumblr|instagram|youtube|flipboard|messenger|"
        "google+|google plus|pocket|line|weibo|wechat|viber|skype|vk|sms|rss|rss feed|feed|follow|follow us|follow us on|like|like this|like us|like loading|loading|"
        "more|more sharing options|more options|options|reblog|pin it|pin|plus|minus|a+|a-|aa|a a a|a|font size|text size|increase font size|decrease font size|"
        "normal|small|medium|large|reset|listen|listen to this article|listen to article|listen now|audio|play|pause|play video|watch|watch video|"
        "watch now|watch live|live|live tv|video|photos|photo|photo gallery|gallery|view gallery|zoom|enlarge|close|dismiss|open|expand|collapse|show|hide|"
        "arrow up|arrow down|arrow left|arrow right|up|top|back to top|go to top|scroll to top|scroll down|to top|back|back to home|back to news|return to news|"
        "home|home icon|homepage|home page|main page|menu|main menu|navigation|main navigation|toggle navigation|toggle menu|skip to content|skip to main content|jump to content|"
        "skip navigation|skip to navigation|search|search for|search this site|search here|search form|enter keyword|go|submit|ok|cancel|apply|"
        "log in|login|sign in|signin|log out|sign out|register|my account|account|profile|join|join us|welcome|"
        "about|about us|contact|contact us|advertise|advertise with us|careers|jobs|help|faq|sitemap|site map|privacy|privacy policy|cookie policy|"
        "terms|terms of use|terms of service|terms and conditions|terms & conditions|disclaimer|legal|imprint|accessibility|feedback|subscriptions|epaper|e-paper|archive|archives|"
        ""
        "weather|"
        ""
        "comment|comments|reply|report|edit|delete|previous|next|prev|previous article|next article|previous post|next post|previous story|next story|"
        "read more|read more here|continue|continue reading|more info|learn more|details|view all|see all|see more|show more|load more|view more|all news|more stories|full story|"
        "view comments|show comments|see comments|hide comments|post a comment|leave a comment|add comment|add a comment|write a comment|join the conversation|join the discussion|comments off|no comments|be the first to comment|"
        "topics|tags|in this article|in this story|english|arabic|français|deutsch|español|русский|العربية|한국어|中文|日本語|language|select language|"
        "breaking news|breaking|exclusive|top story|premium|subscriber only|subscribers only|for subscribers|editor's pick|editors' picks|editor's choice|click here|"
        "image|images|caption|hide caption|toggle caption|show caption|view image in fullscreen|enlarge this image|download|download pdf|download image|print view|report an error|report a typo|correct an error|request correction|"
        # German
        "teilen|drucken|merken|artikel teilen|artikel drucken|auf facebook teilen|auf twitter teilen|per e-mail teilen|per mail|versenden|weiterlesen|mehr|startseite|"
        "suche|suchen|menü|menü öffnen|anmelden|abmelden|registrieren|abo|abonnement|impressum|datenschutz|datenschutzerklärung|kontakt|agb|zur startseite|nach oben|seite drucken|kommentare|kommentieren|kommentar schreiben|vorlesen|schriftgröße|audio anhören|artikel anhören|zum inhalt springen|merkliste|"
        # French
        "partager|imprimer|envoyer|partager sur facebook|partager sur twitter|partager cet article|lire la suite|accueil|"
        "recherche|rechercher|se connecter|connexion|s'inscrire|s'abonner|abonnez-vous|mon compte|mentions légales|contactez-nous|haut de page|commenter|réagir|écouter|écouter l'article|à la une|en direct|aller au contenu|ajouter à vos favoris|"
        # Spanish and Portuguese
        "compartir|imprimir|enviar|compartir en facebook|compartir en twitter|leer más|seguir leyendo|inicio|portada|"
        "buscar|iniciar sesión|registrarse|suscríbete|suscribirse|mi cuenta|contacto|aviso legal|política de privacidad|volver arriba|comentar|comentarios|escuchar|última hora|guardar|menú|"
        "compartilhar|leia mais|início|entrar|assine|salvar|"
        # Italian, Dutch, Polish, Turkish
        "condividi|stampa|invia|leggi tutto|accedi|abbonati|cerca|delen|afdrukken|lees meer|zoeken|inloggen|udostępnij|drukuj|paylaş|yazdır|ana sayfa|"
        # Russian
        "поделиться|печать|распечатать|версия для печати|читать далее|читать полностью|главная|"
        "поиск|найти|войти|вход|регистрация|подписаться|подписка|контакты|о нас|о проекте|реклама|наверх|меню|комментировать|отправить|сохранить|вконтакте|одноклассники|телеграм|скопировать ссылку|лента новостей|видео|фото|"
        # Korean
        "공유|공유하기|인쇄|인쇄하기|프린트|스크랩|메일|이메일|기사 공유|페이스북|트위터|카카오톡|카카오스토리|네이버|밴드|url 복사|링크 복사|글자크기|글자 크기|글씨 크게|글씨 작게|가|가+|가-|본문 글씨 키우기|본문 글씨 줄이기|글자 크게|글자 작게|"
        "홈|메뉴|전체메뉴|검색|로그인|로그아웃|회원가입|구독|구독하기|동영상|더보기|목록|이전|다음|이전글|다음글|맨위로|위로|댓글|댓글쓰기|좋아요|추천|추천하기|기사제보|본문듣기|본문 듣기|기사듣기|바로가기|본문 바로가기|메뉴 바로가기|"
        # Arabic
        "مشاركة|شارك|شارك المقال|شارك الخبر|طباعة|اطبع|إرسال|أرسل|نسخ الرابط|فيسبوك|تويتر|واتساب|واتس اب|تيليجرام|تلغرام|لينكدإن|اقرأ المزيد|إقرأ المزيد|المزيد|الرئيسية|الصفحة الرئيسية|"
        "فيديو|صور|بحث|ابحث|تسجيل الدخول|دخول|تسجيل|اشترك|من نحن|اتصل بنا|تواصل معنا|القائمة|حجم الخط|استمع|تعليق|أضف تعليق|أعلى الصفحة|"
        # Chinese and Japanese
        "分享|打印|首页|新闻|更多|登录|注册|搜索|评论|字号|大|中|小|シェア|印刷|ホーム|検索|ログイン|もっと見る|保存"
    ),
    Furniture.ADVERT: (
        "advertisement|advertisements|advert|ad|ads|advertising|sponsored|sponsored content|sponsored links|sponsor|promoted|promoted content|paid content|partner content|paid post|ad feedback|skip ad|story continues below|"
        "article continues below|story continues below advertisement|article continues after advertisement|continue reading below|report this ad|remove ads|"
        "anzeige|werbung|annonce|publicité|publicidad|anuncio|publicidade|pubblicità|advertentie|reklama|reklam|реклама|광고|إعلان|إعلانات|广告|広告"
    ),
    Furniture.RELATED: (
        "related|related articles|related article|related stories|related story|related news|related posts|related post|related content|related topics|related coverage|related items|related links|related reading|related video|related videos|"
        "most read|most popular|most viewed|most shared|most commented|most recent|popular|popular posts|popular stories|popular now|popular articles|popular news|trending|trending now|trending stories|trending topics|trending news|"
        "recommended|recommended for you|recommended stories|recommended reading|recommended articles|you may like|you may also like|you might like|you might also like|you may be interested in|you might be interested in|more from|more like this|more on this|more on this story|more on this topic|"
        "more news|more in|more stories|more articles|more headlines|other news|other stories|other articles|also in the news|also in this section|in other news|in case you missed it|don't miss|dont miss|must read|must reads|"
        "latest|latest stories|latest articles|latest posts|latest headlines|latest updates|recent posts|recent articles|recent news|recent stories|recent comments|recent entries|top stories|top news|top headlines|headlines|what to read next|read next|up next|next up|next story|"
        "editors' picks|editor's picks|editors picks|editor's choice|editor's pick|from the web|around the web|from our partners|from around the web|stories from our partners|similar articles|similar stories|similar posts|see also|also read|also see|read also|read more on|further reading|blogroll|links|"
        "mehr zum thema|zum thema|lesen sie auch|auch interessant|das könnte sie auch interessieren|das könnte sie interessieren|meistgelesen|meistgelesene artikel|meist gelesen|am meisten gelesen|weitere artikel|weitere meldungen|weitere nachrichten|ähnliche artikel|verwandte artikel|aktuelle meldungen|neueste beiträge|empfohlen|"
        "à lire aussi|a lire aussi|lire aussi|à lire également|sur le même sujet|dans la même rubrique|articles liés|articles similaires|les plus lus|les plus populaires|le plus lu|plus d'articles|nos dernières actualités|dernières nouvelles|en continu|articles récents|voir aussi|"
        "noticias relacionadas|relacionadas|relacionados|artículos relacionados|te puede interesar|también te puede interesar|le puede interesar|más noticias|más leídas|las más leídas|lo más leído|lo más visto|lo último|más información|más sobre|ver también|lea también|entradas recientes|entradas relacionadas|"
        "notícias relacionadas|leia também|mais lidas|veja também|articoli correlati|leggi anche|i più letti|potrebbe interessarti|lees ook|meest gelezen|czytaj także|zobacz także|najczęściej czytane|ilgili haberler|en çok okunanlar|"
        "читайте также|по теме|материалы по теме|ещё по теме|еще по теме|похожие новости|похожие материалы|похожие записи|популярное|самое читаемое|самые читаемые|последние новости|другие новости|главное|новости по теме|рекомендуем|смотрите также|вам может быть интересно|свежие записи|"
        "관련기사|관련 기사|관련뉴스|관련 뉴스|관련글|많이 본 뉴스|많이 본 기사|가장 많이 본 뉴스|인기기사|인기 기사|인기뉴스|인기글|최신기사|최신 기사|최신뉴스|최신글|주요뉴스|주요 뉴스|주요기사|헤드라인|추천기사|추천 뉴스|추천뉴스|함께 보면 좋은 기사|오늘의 주요뉴스|실시간 뉴스|최근글|"
        "اقرأ أيضا|اقرأ أيضاً|إقرأ أيضا|اقرأ ايضا|إقرأ أيضاً|أخبار ذات صلة|اخبار ذات صلة|مواضيع ذات صلة|موضوعات ذات صلة|ذات صلة|مقالات ذات صلة|الأكثر قراءة|الاكثر قراءة|الأكثر مشاهدة|الأكثر تداولا|آخر الأخبار|اخر الاخبار|أخبار متعلقة|قد يهمك|قد يهمك أيضا|شاهد أيضا|"
        "相关新闻|相关阅读|相关文章|热门新闻|推荐阅读|最新消息|関連記事|関連ニュース|ランキング|おすすめ記事|人気記事"
    ),
    Furniture.COMMENTS: (
        "comments|reader comments|readers' comments|user comments|leave a reply|leave a comment|leave your comment|post a comment|post comment|add your comment|join the discussion|what do you think|have your say|discussion|responses|facebook comments|comments are closed|cancel reply|your comment|"
        "kommentare|leserkommentare|kommentar schreiben|schreibe einen kommentar|schreiben sie einen kommentar|ihre meinung|commentaires|vos commentaires|laisser un commentaire|vos réactions|comentarios|deja un comentario|deja una respuesta|escribe un comentario|comentários|deixe um comentário|commenti|lascia un commento|reacties|"
        "комментарии|оставить комментарий|добавить комментарий|ваш комментарий|обсуждение|댓글|댓글 남기기|댓글 쓰기|댓글쓰기|의견|의견쓰기|전체댓글|네티즌 의견|تعليقات|التعليقات|أضف تعليق|أضف تعليقا|اترك تعليقا|اترك تعليقاً|اترك رد|评论|发表评论|コメント"
    ),
    Furniture.WEATHER: (
        "weather|clear sky|few clouds|scattered clouds|broken clouds|overcast clouds|overcast|mist|haze|fog|light rain|rain|moderate rain|heavy rain|shower rain|snow|light snow|thunderstorm|sunny|mostly sunny|partly sunny|partly cloudy|mostly cloudy|cloudy|clear|dust|smoke|humidity|wind|"
        "wetter|sonnig|bewölkt|heiter|météo|ensoleillé|nuageux|soleado|nublado|ясно|облачно|пасмурно|맑음|흐림|구름많음|구름조금|غائم|صاف|مشمس"
    ),
}
KIND_OF = {
    phrase: kind for kind, phrases in reversed(PHRASES.items()) for phrase in phrases.split("|") if phrase
}
LISTS = frozenset(PHRASES[Furniture.RELATED].split("|"))
COMMENT_HEADINGS = frozenset(PHRASES[Furniture.COMMENTS].split("|"))

_SHORT = 140  # columns; the patterns below are for lines, not for paragraphs
_NETWORKS = r"(?:facebook|twitter|x|linkedin|whatsapp|telegram|reddit|pinterest|e-?mail|tumblr|instagram|youtube|google\+?|flipboard|vk|messenger|threads|bluesky|mastodon)"
PATTERNS: tuple[tuple[Furniture, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        # counters: "1101124", "1.2K shares", "5 min read", "26°C / 26°C", "12,345 views", "3 Comments"
        (Furniture.WEATHER, r"^[-+]?\d+\s*°\s*[cf]?\b.{0,30}$|^.{0,25}\b\d+\s*°\s*[CF]?$"),
        (Furniture.BUTTON, r"^[\d\s.,:/+%-]+[km]?(?: (?-i:[a-z]+))?$"),
        (
            Furniture.BUTTON,
            r"^[\d.,]+\s*[km]?\+?\s*(?:shares?|views?|likes?|tweets?|reads?|hits?|votes?|followers?|comments?|clicks?|lectures?|vues|partages|visitas|просмотр\w*|조회수?|mal (?:geteilt|gelesen))\W*$",
        ),
        (
            Furniture.BUTTON,
            r"^(?:shares?|views?|hits?|reads?|likes?|page views|조회수?|조회|просмотров|vistas|lecturas|عدد المشاهدات|المشاهدات|댓글|추천)\s*[:：]?\s*[\d.,]+\s*[km]?$",
        ),
        (
            Furniture.BUTTON,
            r"^(?:reading time|read time|estimated reading|lesezeit|lesedauer|temps de lecture|tiempo de lectura|время чтения|وقت القراءة)\b.{0,30}$|^(?:about |~)?\d+\s*-?\s*(?:min(?:ute)?s?\.?)(?: to)?(?: read| reading| lesezeit| de lecture| de lectura)?$",
        ),
        (
            Furniture.BUTTON,
            rf"^(?:share|tweet|post|send|save|pin|e-?mail|follow|like|join)(?: us| this| it| me)?(?: (?:article|story|post|page|link|news))?(?: (?:on|to|via|with|by|in|using))?(?: your)?(?: friends?)?[\s:,|]*(?:{_NETWORKS}[\s,|/&]*(?:and )?)*(?: page)?(?: \(opens in new window\))?$",
        ),
        (
            Furniture.BUTTON,
            rf"^(?:click to|click here to)\b.{{0,80}}$|^(?:{_NETWORKS}[\s,|/•·&]*)+$|^\(?opens in (?:a )?new window\)?$",
        ),
        (
            Furniture.BUTTON,
            r"^(?:like this:?|like loading.*|be the first to like this.*|\d+ bloggers? likes? this.*)$|^(?:font|text|schrift|글자)\s?(?:size|größe|크기)?\s?[:：]?\s?[a+\-\s|]*$",
        ),
        (
            Furniture.BUTTON,
            r"^follow .{0,60}\bon (?:twitter|facebook|instagram|x|telegram|whatsapp|google news)\b.{0,40}$|^(?:skip|jump) to .{0,30}$|^(?:back|return|zurück|retour|volver) (?:to|zu[rm]?|à|au|a) .{0,30}$",
        ),
        (
            Furniture.BUTTON,
            r"^(?:listen to|watch|play) (?:this |the )?(?:article|story|audio|video|live|full)\b.{0,40}$|^(?:view|see|show|read|load) (?:all|more|full|the full)\b.{0,40}$",
        ),
        (
            Furniture.BUTTON,
            r"^(?:editor[- ]in[- ]chief|chief editor|managing editor|publisher|chefredakteur|главный редактор|رئيس التحرير|편집인|발행인|directeur de la publication|director)\b\s*[-:–|].{2,80}$",
        ),
        (
            Furniture.ADVERT,
            r"^(?:advertisement|advert|ad|sponsored|anzeige|publicité|publicidad|реклама|광고|إعلان)\b\W.{0,60}$|^(?:story|article|content) continues? (?:below|after)\b.{0,40}$|^scroll (?:down )?(?:to|for) (?:continue|more)\b.{0,40}$",
        ),
        (
            Furniture.SIGN_UP,
            r"^(?:subscribe|subscribe (?:now|today|here)|newsletters?|our newsletters?|sign up|sign up (?:now|here|today)|get the newsletter|daily newsletter|email address|your email|enter your email.*|accept|accept all|accept cookies|reject all|manage (?:cookies|preferences)|cookie settings|i agree|got it|allow (?:all|notifications)|download (?:our|the) app|get the app|app store|google play)$",
        ),
        (
            Furniture.SEE_ALSO,
            r"^(?:also read|read also|read more|read next|see also|also see|related|related (?:article|story|news|coverage)|more on this|more here|watch also|must read|don't miss|recommended|further reading|"
            r"lesen sie (?:auch|mehr|dazu)|lesen sie hier|mehr dazu|siehe auch|lire aussi|à lire(?: aussi)?|lire également|voir aussi|>> lire|lea también|lee también|leer también|ver también|te puede interesar|le puede interesar|más información|leia também|veja também|leggi anche|lees ook|"
            r"читайте также|читать также|смотрите также|по теме|подробнее|관련\s?기사|관련\s?뉴스|더 보기|[اإ]قرأ أيضا?ً?ا?|اقرأ المزيد|شاهد أيضا?ً?ا?|طالع أيضا?ً?ا?)\s*[:：>»|–—-].{3,}$",
        ),
        (Furniture.SEE_ALSO, r"^(?:▶|►|☞|→|>>|»|\[관련기사\]|\[관련 기사\])\s*.{3,}$"),
        (
            Furniture.COMMENTS,
            r"^(?:\d+|no|one|two|three) (?:comments?|replies|reply|responses?|thoughts? on)\b.{0,200}$|^comments? \(\d+\)$|^\(?\d+\)? (?:kommentare?|commentaires?|comentarios?|comentários?|commenti|reacties|комментари\w*)\b.{0,60}$|^(?:leave|post|write|add) (?:a|your|new) (?:comment|reply)\b.{0,60}$|^(?:댓글|댓글수|전체 댓글)\s*\(?\d+\)?개?$|^(?:التعليقات|تعليقات)\s*\(?\d+\)?$",
        ),
        (
            Furniture.COPYRIGHT,
            r"^(?:copyright\b|©|\(c\)\s|ⓒ|&copy;|all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos|todos os direitos|tutti i diritti|все права защищены|저작권|무단\s?전재|<?저작권자|جميع الحقوق|حقوق النشر|版权所有).{0,300}$|^.{0,160}(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|все права защищены|무단\s?전재|재배포 금지|جميع الحقوق محفوظة)\W*.{0,20}$|^.{1,60}\s©\s.{0,60}$",
        ),
        (
            Furniture.CREDIT,
            r"^(?:\(|\[)?(?:photo(?:graph)?s?|image|images|picture|pictures|pic|illustration|graphic|credit|photo credit|image credit|picture credit|photo by|image by|photo courtesy|file photo|file pic|file image|file|representational image|photo/video|foto|fotos|bild|bildquelle|quelle bild|crédit(?:s)?(?: photo)?|fotografía|imagen|immagine|фото|снимок|иллюстрация|사진|사진제공|사진 제공|사진출처|صورة|الصورة|图片|写真)(?:\s*(?:credit|source|courtesy|by|of|from|via|quelle|출처|제공))?\s*[:：=/–—-].{0,250}$",
        ),
        (
            Furniture.CREDIT,
            r"^(?:image|media|video|picture|photo) (?:caption|copyright|source)\b.{0,160}$|^[\[(]?(?:photo(?:graph)?s?|images?|pictures?|illustration|graphics?|foto|bild|crédit photo)\s+(?:by|courtesy|credit|via|provided by|von|de|par)\b[^.!?]{2,80}$",
        ),
        (
            Furniture.CREDIT,
            r"^.{0,250}(?:getty images|shutterstock|istock|/ ?(?:afp|reuters|ap|dpa|epa|efe|tass|yonhap|pool|file)|\b(?:afp|reuters|ap|epa|ap photo|reuters photo) ?/ ?[\w .'-]{3,40}|\((?:photo|image|file|foto|picture)\b[^)]{0,80}\)|via (?:reuters|ap|afp|getty)|file photo|ap photo|handout|\bcourtesy\b.{0,40})\W*$",
        ),
        (
            Furniture.PAGES,
            r"^\W*(?:older|newer|previous|next|earlier|later|ältere|neuere|vorherige|nächste|anciens?|précédent\w*|suivant\w*|siguiente|anterior\w*|следующ\w*|предыдущ\w*|старые|назад|вперед|вперёд)(?: \w+)?(?: (?:posts?|entries|articles?|stories|page|beiträge|artikel|entradas|записи|»|→|›))?\W*$",
        ),
        (
            Furniture.PAGES,
            r"^\W*(?:page|seite|página|pagina|страница|صفحة)\s*\d+\s*(?:of|von|de|sur|из|van|/|من)\s*\d+.{0,60}$|^(?:posts? navigation|post navigation|beitragsnavigation|navigation des articles|navegación de entradas|навигация по записям|page navigation|pagination)$|^\W*(?:\d+\s+){2,}(?:…|\.\.\.|next|»|>)?.{0,15}$|^\W*(?:older|newer) (?:posts|entries) (?:home|newer posts|older posts)\b.*$|^[«‹←\s]*(?:first|previous|prev|erste|première|primera)?\b.{0,20}(?:\b\d+\s+){2,}.{0,30}$|^(?:←|‹|<<|« ?(?!.*»)).{2,120}$|^(?!.*«).{2,120}(?:→|»|›|>>)$",
        ),
    )
)
# The furniture that speaks in sentences: calls that no article makes of its reader.
CALLS = re.compile(
    r"^(?:(?:please )?(?:subscribe (?:to|now|today|for|here|from)|sign up|sign in|log in|register (?:to|now|for|here|and)|click (?:here|on|to|the)|tap (?:here|on|to)|download (?:the|our)|install (?:the|our)|join us|follow us|like us|support (?:our|independent|quality) (?:journalism|work|reporting|newsroom|site)|donate (?:now|to|today)|become a (?:member|subscriber|patron)|enter your|type your|get (?:the|our|your|all|daily|breaking|unlimited)\b.{0,60}(?:inbox|newsletter|news|alerts|app|access|stories|headlines))"
    r"|(?:we|this (?:web)?site|our (?:web)?site|our partners|this page)\b.{0,40}\b(?:use|uses|using|store)\b.{0,40}\bcookies?\b|by (?:continuing to|using (?:this|our|the)|clicking|signing up|subscribing|browsing|submitting)\b|your (?:e-?mail )?(?:address|comment|browser|subscription|privacy|support)\b.{0,80}(?:publish|support|important|not|help|confirm|expire)|you (?:can )?(?:must be|need to be|have to be|must) (?:log|sign)|you (?:have|'ve) (?:reached|read|used|\d)|you are (?:reading|using|not logged|logged|currently)"
    r"|(?:enjoyed|liked?) this\b|share (?:this|it) with\b|don't miss\b.{0,80}(?:news|story|inbox|update|newsletter)|already (?:a|have an?)\b|create (?:a|your) (?:free )?account|(?:this|the) (?:article|story|content) (?:is|was) (?:reserved|only|exclusive|for subscribers|free)|(?:to|for) (?:comment|continue reading|read the full|more (?:news|stories|information|such))\b|have (?:a|you) (?:tip|news tip|story|question)|got a (?:tip|story)|views expressed|the views expressed|the opinions expressed|disclaimer\s*:|all comments|comments (?:are|will be|that)|notify me|required fields|save my name|this site uses akismet|thank you for (?:reading|subscribing|your)|email us|contact us|write to|send (?:us|your)|javascript|please enable|please disable"
    r"|(?:abonnieren|melden|registrieren|folgen|laden|lesen|jetzt|testen|hier) (?:sie|klicken|abonnieren|anmelden)|wir (?:verwenden|nutzen|setzen)\b.{0,60}cookies|diese (?:web)?seite (?:verwendet|nutzt)|mit der nutzung|ihre e-mail"
    r"|(?:abonnez|inscrivez|connectez|recevez|suivez|téléchargez|cliquez)[- ](?:vous|nous|ici|chaque|la|notre|l')|(?:ce|notre) site utilise|nous utilisons|en poursuivant|votre adresse|cet article est réservé|il vous reste"
    r"|(?:suscríb\w+|regístr\w+|inicia sesión|síguenos|sigue toda|recibe|descarga|haz clic|apúntate)|este sitio (?:web )?utiliza|utilizamos cookies|tu dirección de correo|(?:usamos|este site utiliza|assine|siga)\b"
    r"|(?:подпи(?:шитесь|сывайтесь)|зарегистрируйтесь|войдите|читайте нас|следите за|скачайте|нажмите|присоединяйтесь)|(?:мы|этот сайт|наш сайт|сайт) использу\w+|ваш (?:e-?mail|адрес)|если вы (?:нашли|заметили) (?:ошибку|опечатку)|нашли (?:ошибку|опечатку)"
    r"|(?:구독|로그인|회원가입|뉴스레터|쿠키|카카오톡|네이버|앱)[을를이가에에서]?.{0,30}(?:하세요|해주세요|하시기|받아보세요|주세요|있습니다|사용합니다)|제보는|▷"
    r"|(?:اشترك|سجل|تابعنا|تابعونا|انضم|حمل|حمّل|اضغط|للاشتراك|لمتابعة)|(?:يستخدم|نستخدم)\b.{0,40}(?:ملفات|الكوكيز)|لن يتم نشر)",
    re.IGNORECASE,
)
QUOTES = "\"“”„‟«»‹›‘’'「『"  # what is said is not the site's
CALL_LIMIT = 320  # columns; a longer line is an article's own paragraph that happens to begin so


def furniture(text: str) -> Furniture | None:
    """Tell what site furniture a line is by its words; None where it may be the article's."""
    folded = fold(text)
    if not folded or RULE.match(text):
        return Furniture.BUTTON
    if folded in KIND_OF:
        return KIND_OF[folded]
    if width(text) <= CALL_LIMIT and text[0] not in QUOTES and CALLS.match(folded):
        return Furniture.SIGN_UP
    if width(text) > 2 * _SHORT:
        return None
    return next((kind for kind, pattern in PATTERNS if pattern.match(text)), None) or _menu(text, folded)


def _menu(text: str, folded: str) -> Furniture | None:
    """Recognise a menu on one line: known entries between separators, or a row of them."""
    parts = [fold(part) for part in re.split(r"\s*[|•·/»›>,]\s*|\s{2,}", text) if part.strip()]
    if len(parts) >= 3 and all(len(part.split()) <= 3 for part in parts) and not is_bullet(text):
        known = sum(part in KIND_OF for part in parts)
        return Furniture.BUTTON if known >= max(2, 0.4 * len(parts)) else None
    row = folded.split()
    known = sum(word in KIND_OF for word in row)
    return Furniture.BUTTON if len(row) >= 3 and known >= 0.75 * len(row) else None


def opens_list(text: str) -> bool:
    """Tell whether a line is a heading over links to other pieces ("Most read", "Related:")."""
    folded = fold(text)
    if folded in LISTS or re.fullmatch(r"most \w{4,12}(?: (?:today|now|this week))?", folded):
        return True
    return bool(
        len(words(text)) <= 7
        and re.match(
            r"^(?:more|latest|other|all|recent|related|top|popular|weitere|mehr|plus|más|otras|autres?)\b.{0,20}\b(?:from|on|in|news|stories|articles|headlines|posts|about|"
            r"aus|zu|von|sur|de|noticias|articles|artikel|meldungen|by)\b(?!.*[.!?]$)",
            folded,
        )
    )


def opens_comments(text: str) -> bool:
    """Tell whether a line can be the heading over readers' comments."""
    return fold(text) in COMMENT_HEADINGS or any(
        kind is Furniture.COMMENTS and pattern.match(text) for kind, pattern in PATTERNS
    )
