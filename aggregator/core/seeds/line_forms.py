"""The forms of lines that sites print around an article, beside the set phrases of the vocabulary."""

import re

from aggregator.core.seeds.vocabulary import Furniture

SHORT = 140  # columns; the patterns below are for lines, not for paragraphs
_NETWORKS = (
    r"(?:facebook|twitter|x|linkedin|whatsapp|telegram|reddit|pinterest|e-?mail|tumblr|"
    r"instagram|youtube|google\+?|flipboard|vk|messenger|threads|bluesky|mastodon)"
)
PATTERNS: tuple[tuple[Furniture, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        # the months beside an archive's: "« May 2013  July 2013 »"
        (Furniture.PAGES, r"^«\s?[^\W\d]+\.? (?:19|20)\d\d(?:\s[^\W\d]+\.? (?:19|20)\d\d)?\s?»$"),
        # counters: "1101124", "1.2K shares", "5 min read", "26°C / 26°C", "12,345 views", "3 Comments"
        (
            Furniture.WEATHER,
            (
                r"^(?:(?:the |das |el )?(?:weather|wetter|météo|tiempo|clima|previsão|meteo|погода|"
                r"날씨|天气|天気|الطقس|درجة الحرارة|hava durumu|cuaca|pogoda|väder|vejr|vær|sää)\b"
                r"[^.!?]{0,30}[:：,]\s*|"
                r"[^.!?:]{2,30}[:：]\s*)[-+–]?\d+\s*°[^.!?]{0,40}$|^درجة الحرارة\s*[:：]?\s*\d+\W*$"
            ),
        ),
        (
            Furniture.BUTTON,
            (
                rf"^(?:(?:share|post|send|tweet)(?: this)? (?:on|to|by|via|with) {_NETWORKS}[\s|,/•·]*){{2,}}"
                rf"(?:\d+ comments?|print|save|copy link|more)?\W*$|"
                r"^(?:(?:accept|reject|allow|refuse|agree|manage|more|cookie|privacy|necessary)"
                r"(?: (?:all|only|options|settings|cookies|preferences|choices|necessary))*[\s|,/•·]*){1,5}$|"
                r"^(?:(?:alle|tout|todo|todas?)? ?(?:akzeptieren|ablehnen|accepter|refuser|aceptar|rechazar|"
                r"einstellungen|paramétrer|configurar)[\s|,/•·]*){1,5}(?:alles?|tout|todo|todas?)?$"
            ),
        ),
        (Furniture.WEATHER, r"^[-+]?\d+\s*°\s*[cf]?\b.{0,30}$|^.{0,25}\b\d+\s*°\s*[CF]?$"),
        (Furniture.BUTTON, r"^[\d\s.,:/+%-]+[km]?(?: (?-i:[a-z]+))?$"),
        (
            Furniture.BUTTON,
            (
                r"^[\d.,]+\s*[km]?\+?\s*(?:shares?|views?|likes?|tweets?|reads?|hits?|votes?|"
                r"followers?|comments?|clicks?|lectures?|vues|partages|visitas|просмотр\w*|조회수?|"
                r"mal (?:geteilt|gelesen))\W*$"
            ),
        ),
        (
            Furniture.BUTTON,
            (
                r"^(?:shares?|views?|hits?|reads?|likes?|page views|조회수?|조회|просмотров|vistas|"
                r"lecturas|عدد المشاهدات|المشاهدات|댓글|추천)\s*[:：]?\s*[\d.,]+\s*[km]?$"
            ),
        ),
        (
            Furniture.BUTTON,
            (
                r"^(?:reading time|read time|estimated reading|lesezeit|lesedauer|temps de lecture|"
                r"tiempo de lectura|время чтения|وقت القراءة)\b.{0,30}$|^(?:about |"
                r"~)?\d+\s*-?\s*(?:min(?:ute)?s?\.?)(?: to)?(?: read| reading| lesezeit| de lecture|"
                r" de lectura)?$"
            ),
        ),
        (
            Furniture.BUTTON,
            (
                rf"^(?:share|tweet|post|send|save|pin|e-?mail|follow|like|join)(?: us| this| it|"
                rf" me)?(?: (?:article|story|post|page|link|news))?(?: (?:on|to|via|with|by|in|"
                rf"using))?(?: your)?(?: friends?)?[\s:,|]*(?:{_NETWORKS}[\s,|"
                rf"/&]*(?:and )?)*(?: page)?(?: \(opens in new window\))?$"
            ),
        ),
        # rows of buttons without space between them, as Blogger's pages are copied; "A- A+"
        (
            Furniture.BUTTON,
            (
                rf"^(?:(?:e-?mail this|blogthis|share (?:to|on|via|with) {_NETWORKS}|{_NETWORKS}|tweet|"
                rf"pin it|like this|print(?: this)?|share|text)[!\s,|•·]*){{2,}}$|"
                r"^(?:a\s?[+–−-]?[\s|/]*){2,4}$"
            ),
        ),
        (
            Furniture.BUTTON,
            (
                r"^(?:[\d.,]+[km]? )?claps?(?: [\d.,]+[km]?)?(?: from .{2,40})?$|"
                r"^skip (?:past )?(?:the )?(?:ad\w*|promo\w*|newsletter.{0,30})$|"
                r"^(?:gift|republish|license|cite) this (?:article|story)$|"
                r"^(?:best viewed (?:in|with|at)|webmaster|site ?map)\b.{0,80}$|"
                r"^contact (?:the |our )?webmaster$|"
                r"^(?:you are |you're |sie sind |vous êtes |es usted |вы )?(?:the |our |der |le |el )?"
                r"(?:visitor|guest|besucher|visiteur|visitante|посетитель)\w*"
                r"(?: (?:no\.?|number|nr\.?|nummer|numéro|n°|número|номер|№|#))?[\s:#]*[\d,.]+"
                r"(?: (?:since|seit|depuis|desde|с)\b.{0,40})?\W*$|"
                r"^(?:since|seit|depuis|desde) .{3,30} [\d,.]+ (?:visitors?|besucher|visiteurs?|visitas)\W*$|"
                r"^(?:방문자\s?수?|访问量|訪問者数|عدد الزوار)\s*[:：]?\s*[\d,.]+\W*$|"
                r"^(?:visitors?|hits|besucher|visiteurs)\b.{0,20}\d{3,}$|"
                r"^(?:this )?page (?:was )?last (?:updated|modified|changed)\b.{0,60}$|"
                r"^member[- ]only (?:story|post|content)$|^reprints(?: and| &) permissions$"
            ),
        ),
        (Furniture.CREDIT, r"^(?:all )?(?:quotes|data|prices) (?:are )?delayed\b.{0,120}$"),
        (
            Furniture.BUTTON,
            (
                rf"^(?:click to|click here to)\b.{{0,80}}$|^(?:{_NETWORKS}[\s,|/•·&]*)+$|"
                rf"^\(?opens in (?:a )?new window\)?$"
            ),
        ),
        (
            Furniture.BUTTON,
            (
                r"^(?:like this:?|like loading.*|be the first to like this.*|"
                r"\d+ bloggers? likes? this.*)$|^(?:font|text|schrift|글자)\s?(?:size|größe|"
                r"크기)?\s?[:：]?\s?[a+\-\s|]*$"
            ),
        ),
        (
            Furniture.BUTTON,
            (
                r"^(?:sns ?기사\s?보내기|(?:\S{0,24}(?:보내기|공유하기|공유|\(으?로\))(?:\s+|$))+|"
                r"(?:(?:바로가기|복사하기|다른\s?기사\s?보기|전체기사|"
                r"(?:본문 )?글씨\s?(?:줄이기|키우기|크기))(?:\s+|$))+)$|"
                r"^follow .{0,60}\bon (?:twitter|facebook|instagram|x|telegram|whatsapp|"
                r"google news)\b.{0,40}$|^(?:skip|jump) to .{0,30}$|^(?:back|return|zurück|retour|"
                r"volver) (?:to|zu[rm]?|à|au|a) .{0,30}$"
            ),
        ),
        (
            Furniture.BUTTON,
            (
                r"^(?:listen to|watch|play) (?:this |the )?(?:article|story|audio|video|live|"
                r"full)\b.{0,40}$|^(?:view|see|show|read|load) (?:all|more|full|the full)\b.{0,40}$"
            ),
        ),
        (
            Furniture.BUTTON,
            (
                r"^(?:editor[- ]in[- ]chief|chief editor|managing editor|publisher|chefredakteur|"
                r"главный редактор|رئيس التحرير|편집인|발행인|directeur de la publication|"
                r"director)\b\s*[-:–|].{2,80}$"
            ),
        ),
        (
            Furniture.ADVERT,
            (
                r"^(?:advertisement|advert|ad|sponsored|anzeige|publicité|publicidad|реклама|광고|"
                r"إعلان)\b\W.{0,60}$|^(?:story|article|content) continues? (?:below|after)\b.{0,40}$|"
                r"^scroll (?:down )?(?:to|for) (?:continue|more)\b.{0,40}$"
            ),
        ),
        (
            Furniture.SIGN_UP,
            (
                r"^(?:subscribe|subscribe (?:now|today|here)|newsletters?|our newsletters?|sign up|"
                r"sign up (?:now|here|today)|get the newsletter|daily newsletter|email address|"
                r"your email|enter your email.*|accept|accept all|accept cookies|reject all|"
                r"manage (?:cookies|preferences)|cookie settings|i agree|got it|allow (?:all|"
                r"notifications)|download (?:our|the) app|get the app|app store|google play)$"
            ),
        ),
        (
            Furniture.SEE_ALSO,
            (
                r"^(?:also read|read also|read more|read next|see also|also see|related|"
                r"related (?:article|story|news|coverage)|more on this|more here|watch also|must read|"
                r"don't miss|recommended|further reading|"
                r"lesen sie (?:auch|mehr|dazu)|lesen sie hier|mehr dazu|siehe auch|lire aussi|"
                r"à lire(?: aussi)?|lire également|voir aussi|>> lire|lea también|lee también|"
                r"leer también|ver también|te puede interesar|le puede interesar|más información|"
                r"leia também|veja também|leggi anche|lees ook|"
                r"читайте также|читать также|смотрите также|по теме|подробнее|관련\s?기사|관련\s?뉴스|"
                r"baca juga|simak juga|lihat juga|यह भी पढ़ें|"
                r"ये भी पढ़ें|ayrıca okuyun|ilgili haber|bunu da okuyun|"
                r"saiba mais|veja mais|läs (?:också|även|mer)|les også|læs også|lue myös|xem thêm|czytaj też|"
                r"延伸阅读|相关阅读|関連記事|あわせて読みたい|"
                r"더 보기|[اإ]قرأ أيضا?ً?ا?|اقرأ المزيد|شاهد أيضا?ً?ا?|طالع أيضا?ً?ا?)\s*[:：>»|"
                r"–—-].{3,}$"
            ),
        ),
        # pictures: "© Photo: …", "▲ …" and "[사진=…]", as Korean papers caption them; "1 of 5"
        (Furniture.CREDIT, r"^©\s*(?:foto|photo|bild|image|getty|afp|dpa|epa|reuters|imago|picture).{0,80}$"),
        (Furniture.CREDIT, r"^[▲△▼◀].{2,200}$|^.{0,200}[\[(<](?:사진|자료사진|photo|foto)\s*[=:].{0,40}$"),
        (Furniture.BUTTON, r"^\d+\s*(?:of|von|sur|de|из|/)\s*\d+$"),
        (Furniture.SEE_ALSO, r"^(?:▶|►|☞|→|>>|»|\[관련기사\]|\[관련 기사\])\s*.{3,}$"),
        (
            Furniture.COMMENTS,
            (
                r"^(?:\d+|no|one|two|three) (?:comments?|replies|reply|responses?|"
                r"thoughts? on)\b.{0,200}$|^comments? \(\d+\)$|^\(?\d+\)? (?:kommentare?|"
                r"commentaires?|comentarios?|comentários?|commenti|reacties|комментари\w*)\b.{0,60}$|"
                r"^(?:leave|post|write|add) (?:a|your|new) (?:comment|reply)\b.{0,60}$|^(?:댓글|"
                r"댓글수|전체 댓글)\s*\(?\d+\)?개?$|^(?:التعليقات|تعليقات)\s*\(?\d+\)?$"
            ),
        ),
        (
            Furniture.COPYRIGHT,
            (
                r"^(?:copyright\b|©|\(c\)\s|ⓒ|&copy;|all rights reserved|alle rechte vorbehalten|"
                r"tous droits réservés|todos los derechos|todos os direitos|tutti i diritti|"
                r"все права защищены|저작권|무단\s?전재|<?저작권자|جميع الحقوق|حقوق النشر|"
                r"版权所有|版權所有|hak cipta|सर्वाधिकार|tüm hakları|bản quyền|wszelkie prawa).{0,300}$|"
                r"^.{0,160}(?:tüm hakları saklıdır|hak cipta dilindungi|सर्वाधिकार सुरक्षित|無断転載|"
                r"todos os direitos reservados|未经许可|未經授權)\W*.{0,20}$|"
                r"^.{0,160}(?:all rights reserved|alle rechte vorbehalten|"
                r"tous droits réservés|todos los derechos reservados|все права защищены|무단\s?전재|"
                r"재배포 금지|جميع الحقوق محفوظة)\W*.{0,20}$|^.{1,60}\s©\s.{0,60}$"
            ),
        ),
        (
            Furniture.CREDIT,
            (
                r"^(?:\(|\[)?(?:photo(?:graph)?s?|image|images|picture|pictures|pic|illustration|"
                r"graphic|credit|photo credit|image credit|picture credit|photo by|image by|"
                r"photo courtesy|file photo|file pic|file image|file|representational image|"
                r"photo/video|foto|fotos|bild|bildquelle|quelle bild|crédit(?:s)?(?: photo)?|"
                r"fotografía|imagen|immagine|фото|снимок|иллюстрация|사진|사진제공|사진 제공|사진출처|"
                r"صورة|الصورة|图片|写真)(?:\s*(?:credit|source|courtesy|by|of|from|via|quelle|출처|"
                r"제공))?\s*[:：=/–—-].{0,250}$"
            ),
        ),
        (
            Furniture.CREDIT,
            (
                r"^(?:image|media|video|picture|photo) (?:caption|copyright|source)\b.{0,160}$|"
                r"^[\[(]?(?:photo(?:graph)?s?|images?|pictures?|illustration|graphics?|foto|bild|"
                r"crédit photo)\s+(?:by|courtesy|credit|via|provided by|von|de|par)\b[^.!?]{2,80}$"
            ),
        ),
        (
            Furniture.CREDIT,
            (
                r"^.{0,250}(?:getty images|shutterstock|istock|/ ?(?:afp|reuters|ap|dpa|epa|efe|tass|"
                r"yonhap|pool|file)|\b(?:afp|reuters|ap|epa|ap photo|"
                r"reuters photo) ?/ ?[\w .'-]{3,40}|\((?:photo|image|file|foto|picture)\b[^)]{0,80}\)|"
                r"via (?:reuters|ap|afp|getty)|file photo|ap photo|handout|\bcourtesy\b.{0,40})\W*$"
            ),
        ),
        (
            Furniture.PAGES,
            (
                r"^\W*(?:older|newer|previous|next|earlier|later|ältere|neuere|vorherige|nächste|"
                r"anciens?|précédent\w*|suivant\w*|siguiente|anterior\w*|следующ\w*|предыдущ\w*|"
                r"старые|назад|вперед|вперёд)(?: \w+)?(?: (?:posts?|entries|articles?|stories|page|"
                r"beiträge|artikel|entradas|записи|»|→|›))?\W*$"
            ),
        ),
        (
            Furniture.PAGES,
            (
                r"^\W*(?:entradas|publicaciones|postagens|mensagens|"
                r"billets|articles|messages)\s(?:más |mais |plus )?"
                r"(?:antiguas|antigas|recientes|recentes|anciens|récents|nuevas)\W*$|"
                r"^\W*(?:neuere|ältere) posts\W*$|"
                r"^\W*(?:subscribe to|suscribirse a|abonnieren|s'abonner à|inscription à|assinar|"
                r"subscrever|kaydol|iscriviti a)"
                r"\s*:.{2,60}$|^\W*(?:blog archive|archivo del blog|blog-archiv|archives du blog)\W*$"
            ),
        ),
        (
            Furniture.PAGES,
            (
                r"^\W*(?:page|seite|página|pagina|страница|صفحة)\s*\d+\s*(?:of|von|de|sur|из|van|/|"
                r"من)\s*\d+.{0,60}$|^(?:posts? navigation|post navigation|beitragsnavigation|"
                r"navigation des articles|navegación de entradas|навигация по записям|page navigation|"
                r"pagination)$|^\W*(?:\d+\s+){2,}(?:…|\.\.\.|next|»|>)?.{0,15}$|^\W*(?:older|"
                r"newer) (?:posts|entries) (?:home|newer posts|older posts)\b.*$|^[«‹←\s]*(?:first|"
                r"previous|prev|erste|première|primera)?\b.{0,20}(?:\b\d+\s+){2,}.{0,30}$|^(?:←|‹|<<|"
                r"« ?(?!.*»)).{2,120}$|^(?!.*«).{2,120}(?:→|»|›|>>)$"
            ),
        ),
    )
)
# The furniture that speaks in sentences: calls that no article makes of its reader.
CALLS = re.compile(
    r"^(?:we value your privacy|we care about your privacy|your privacy matters|"
    r"(?:we|wir|nous) (?:and|und|et) (?:our|unsere|nos)(?: \d[\d.,]*)? "
    r"(?:partners?|partenaires|vendors)\b.{0,80}\b(?:stor|access|process|use|cookie|speicher|verarbeit|stock|"
    r"utilis)|"
    r"(?:nosotros y )?(?:nuestros|nossos) \d[\d.,]* (?:socios|parceiros)\b|"
    r"(?:noi e )?i nostri \d[\d.,]* partner\b|"
    r"wir schätzen ihre privatsphäre|ihre privatsphäre ist uns|"
    r"(?:le )?respect de (?:votre|la) vie privée|"
    r"nous respectons votre vie privée|valoramos (?:tu|su|a sua) priva\w+|"
    r"(?:ваша )?конфиденциальность важна|개인정보\s?보호를 소중|نحن نهتم بخصوصيتك|"
    r"you can change your (?:choices|preferences|settings)|"
    r"(?:this is an?|you are reading an?) archived? (?:article|story|page|version)\b|"
    r"this (?:article|story|page|post) (?:is|was) (?:archived|(?:now |over |more than )?\d+ (?:year|"
    r"month)s? old)|"
    r"(?:dieser artikel|cet article|este artículo) (?:ist älter|ist mehr|date de plus|tiene más)\b|"
    r"(?:please )?(?:subscribe (?:to|now|today|for|here|from)|sign up|sign in|log in|"
    r"register (?:to|now|for|here|and)|click (?:here|on|to|the)|tap (?:here|on|to)|"
    r"download (?:the|our)|install (?:the|our)|join us|follow us|like us|support (?:our|"
    r"independent|quality) (?:journalism|work|reporting|newsroom|site)|donate (?:now|to|"
    r"today)|become a (?:member|subscriber|patron)|enter your|type your|get (?:the|our|"
    r"your|all|daily|breaking|unlimited)\b.{0,60}(?:inbox|newsletter|news|alerts|app|"
    r"access|stories|headlines))"
    r"|(?:we|this (?:web)?site|our (?:web)?site|our partners|this page)\b.{0,40}\b(?:use|"
    r"uses|using|store)\b.{0,40}\bcookies?\b|by (?:continuing to|using (?:this|our|the)|"
    r"clicking|signing up|subscribing|browsing|submitting)\b|your (?:e-?mail )?(?:address|"
    r"comment|browser|subscription|privacy|support)\b.{0,80}(?:publish|support|important|"
    r"not|help|confirm|expire)|you (?:can )?(?:must be|need to be|have to be|must) (?:log|"
    r"sign)|you (?:have|'ve) (?:reached|read|used|\d)|you are (?:reading|using|not logged|"
    r"logged|currently)"
    r"|(?:enjoyed|liked?) this\b|share (?:this|it) with\b|don't miss\b.{0,80}(?:news|"
    r"story|inbox|update|newsletter)|already (?:a|have an?)\b|create (?:a|"
    r"your) (?:free )?account|(?:this|the) (?:article|story|content) (?:is|"
    r"was) (?:reserved|only|exclusive|for subscribers|free)|(?:to|for) (?:comment|"
    r"continue reading|read the full|more (?:news|stories|information|such))\b|have (?:a|"
    r"you) (?:tip|news tip|story|question)|got a (?:tip|story)|views expressed|"
    r"the views expressed|the opinions expressed|disclaimer\s*:|all comments|"
    r"comments (?:are|will be|that)|notify me|required fields|save my name|"
    r"this site uses akismet|thank(?:s| you) for (?:reading|subscribing|your)|email us|"
    r"contact us|write to|send (?:us|your)|javascript|please enable|please disable"
    r"|jetzt (?:weiterlesen|abonnieren|anmelden|testen|registrieren|lesen)\b|"
    r"(?:abonnieren|melden|registrieren|folgen|laden|lesen|testen|hier) (?:sie|"
    r"klicken|abonnieren|anmelden)|wir (?:verwenden|nutzen|setzen)\b.{0,60}cookies|"
    r"diese (?:web)?seite (?:verwendet|nutzt)|mit der nutzung|ihre e-mail"
    r"|(?:abonnez|inscrivez|connectez|recevez|suivez|téléchargez|cliquez)[- ](?:vous|nous|"
    r"ici|chaque|la|notre|l')|(?:ce|notre) site utilise|nous utilisons|en poursuivant|"
    r"votre adresse|cet article est réservé|il vous reste"
    r"|(?:suscríb\w+|regístr\w+|inicia sesión|síguenos|sigue toda|recibe|descarga|"
    r"haz clic|apúntate)|este sitio (?:web )?utiliza|utilizamos cookies|"
    r"tu dirección de correo|(?:usamos|este site utiliza|assine|siga)\b"
    r"|(?:подпи(?:шитесь|сывайтесь)|зарегистрируйтесь|войдите|читайте нас|следите за|"
    r"скачайте|нажмите|присоединяйтесь)|(?:мы|этот сайт|наш сайт|сайт) использу\w+|"
    r"ваш (?:e-?mail|адрес)|если вы (?:нашли|заметили) (?:ошибку|опечатку)|"
    r"нашли (?:ошибку|опечатку)"
    r"|(?:구독|로그인|회원가입|뉴스레터|쿠키|카카오톡|네이버|"
    r"앱)[을를이가에에서]?.{0,30}(?:하세요|해주세요|하시기|받아보세요|주세요|있습니다|"
    r"사용합니다)|제보는|▷"
    r"|(?:اشترك|سجل|تابعنا|تابعونا|انضم|حمل|حمّل|اضغط|للاشتراك|لمتابعة)|(?:يستخدم|"
    r"نستخدم)\b.{0,40}(?:ملفات|الكوكيز)|لن يتم نشر)",
    re.IGNORECASE,
)
TAIL = 280  # characters of a paragraph in which the link to the whole piece is looked for
QUOTES = "\"“”„‟«»‹›‘’'「『"  # what is said is not the site's
CALL_LIMIT = 320  # columns; a longer line is an article's own paragraph that happens to begin so


# The name of somebody who comments: "Jane says:".
COMMENTER = re.compile(
    (
        r"^[^,.“”\"«»]{2,40}\s(?:says|said|wrote|writes|schreibt|sagt|dit|a écrit|dice|dijo|"
        r"пишет|говорит|يقول)\s*:?\s*(?:\(?(?:on|at|am|le|el)\s.{0,40}|[\d(].{0,40})?$|^(?:reply|"
        r"antworten|répondre|responder|ответить|답글|رد)$"
    ),
    re.IGNORECASE,
)


# "… of the valley. Continue reading": the link to the whole piece at the end of a teaser's last line.
READ_ON = re.compile(
    r"(?<=[.!?…»”\"\])।。])\s*[\[(«→]?\s*(?:(?:continue reading|read (?:more|on|the rest|the full \w+)|"
    r"keep reading|weiter\s?lesen|mehr lesen|lire la suite|en savoir plus|leer más|seguir leyendo|"
    r"continuar leyendo|sigue leyendo|leia mais|ler mais|continue lendo|continua a leggere|leggi tutto|"
    r"lees (?:meer|verder)|läs mer|les mer|læs mere|lue lisää|czytaj (?:dalej|więcej)|devamını oku|"
    r"baca selengkapnya|selengkapnya|xem tiếp|đọc tiếp|आगे पढ़ें|और पढ़ें|"
    r"читать (?:далее|дальше|полностью)|더\s?보기|계속\s?읽기|[اإ]قرأ المزيد|阅读全文|閱讀全文|続きを読む)"
    r"(?:\s*[\])»›→>.…|·•:：-]+.{0,100}|\s+[“\"'«].{2,100})?|more\s*[\])»›→>…]+)$",
    re.IGNORECASE,
)
# The same with the piece's headline after it, "Continue reading Ferry sinks": no sentence, so no full stop.
READ_ON_TITLE = re.compile(
    r"(?<=[.!?…»”\"\])।])\s+(?i:continue reading|keep reading|read more|read the (?:rest|whole|full)|"
    r"weiterlesen|"
    r"lire la suite|leer más|seguir leyendo|continuar leyendo|sigue leyendo|leia mais|continue lendo|"
    r"continua a leggere|leggi tutto|lees (?:meer|verder)|läs mer|les mer|læs mere|czytaj (?:dalej|więcej)|"
    r"читать (?:далее|дальше))"
    r"(?: (?i:about|of|on|in|über|von|sur|de|sobre|di|over|om|о|об))?"
    r"\s+(?=[\dA-ZÀ-ÞА-Я“«‘\"'¿¡£$€])(?!.*[.!?…] )(?P<title>.{4,200}[^.])$",
)
# A heading over addresses that a press office puts under its pieces.
CONTACTS = re.compile(
    r"^\W*(?:(?:media|press|investor|news|for (?:more|further) information|for media)\s*(?:relations )?"
    r"(?:contacts?|enquiries|inquiries)|contacts? (?:for (?:media|press|journalists)|(?:de )?presse|stampa)|"
    r"(?:presse|medien)kontakt\w*|contacto de prensa|ansprechpartner\w*|контакты для (?:сми|прессы)|"
    r"보도\s?문의|للتواصل الإعلامي)\W*$",
    re.IGNORECASE,
)
