"""The set phrases that sites print around their articles, in the languages we read; one table, by purpose.

Phrases are folded (see `lines.fold`) and separated by |.
"""

from enum import StrEnum


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


PHRASES: dict[Furniture, str] = {
    Furniture.MENU: """
press release|press releases|news release|news releases|media release|media releases|newsroom|press room|
press|media|statement|statements|speeches|obituaries|classifieds|communiqué de presse|pressemitteilung|
nota de prensa|보도자료|пресс-релиз|بيان صحفي|
actualité|actualités|africa|afrique|americas|américa|analysis|arts|asia|ausland|auto|blog|
blogs|business|ciencia|ciência|columnists|columns|cronaca|cultura|culture|deportes|digital|
débats|dünya|economia|economy|economía|editorial|editorials|education|ekonomi|entertainment|
españa|esportes|esteri|europe|events|fashion|features|finance|food|france|gesellschaft|
gesundheit|gündem|health|highlights|idées|inland|internacional|international|interviews|
karriere|key points|kultur|latest news|leben|letters|life|lifestyle|local|magazine|markets|
meinung|middle east|monde|money|multimedia|mundo|météo|nachrichten|nacional|national|news|
noticias|notícias|opinion|opinions|opinión|panorama|planète|podcast|podcasts|politics|politik|
politique|política|ratgeber|region|regional|reise|salud|salute|santé|saúde|science|sciences|
sociedad|société|special|special reports|specials|spor|sport|sports|style|tech|technology|
tecnología|travel|u.s|uk|us|videos|wetter|wirtschaft|wissen|wissenschaft|world|world news|
économie|в мире|здоровье|культура|мир|мнения|наука|новости|общество|погода|политика|
происшествия|россия|спорт|технологии|экономика|آراء|أخبار|اقتصاد|الأخبار|الاقتصاد|الرياضة|
السياسة|العالم|تكنولوجيا|ثقافة|دولي|رأي|رياضة|سياسة|صحة|عربي|عربي ودولي|علوم|محلي|محليات|
منوعات|경제|과학|국제|뉴스|문화|북한|사설|사회|세계|스포츠|연예|오피니언|정치|칼럼|포토|
""",
    Furniture.BUTTON: """
share|reuse this content|article history|blogthis|share this|share article|share this article|
share this story|share this post|share this page|share on|share it|shares|sharing|
share via|share with|share link|copy link|copy url|copy|link copied|email|e-mail|email this|
email this article|mail|send|send to a friend|
print|print this|print this page|print this article|print article|print friendly|printer friendly|
printer-friendly version|pdf|save|save article|save story|save for later|
bookmark|tweet|retweet|facebook|twitter|x|linkedin|whatsapp|telegram|reddit|pinterest|tumblr|instagram|
youtube|flipboard|messenger|
google+|google plus|pocket|line|weibo|wechat|viber|skype|vk|sms|rss|rss feed|feed|follow|follow us|
follow us on|like|like this|like us|like loading|loading|
more|more sharing options|more options|options|reblog|pin it|pin|plus|minus|a+|a-|aa|a a a|a|font size|
text size|increase font size|decrease font size|
normal|small|medium|large|reset|listen|listen to this article|listen to article|listen now|audio|play|
pause|play video|watch|watch video|
watch now|watch live|live|live tv|video|photos|photo|photo gallery|gallery|view gallery|zoom|enlarge|
close|dismiss|open|expand|collapse|show|hide|
arrow up|arrow down|arrow left|arrow right|up|top|back to top|go to top|scroll to top|scroll down|
to top|back|back to home|back to news|return to news|
home|home icon|homepage|home page|main page|menu|main menu|navigation|main navigation|toggle navigation|
toggle menu|skip to content|skip to main content|jump to content|
skip navigation|skip to navigation|search|search for|search this site|search here|search form|
enter keyword|go|submit|ok|cancel|apply|
log in|login|sign in|signin|log out|sign out|register|my account|account|profile|join|join us|welcome|
about|about us|contact|contact us|advertise|advertise with us|careers|jobs|help|faq|sitemap|site map|
privacy|privacy policy|cookie policy|
terms|terms of use|terms of service|terms and conditions|terms & conditions|disclaimer|legal|imprint|
accessibility|feedback|subscriptions|epaper|e-paper|archive|archives|
weather|
comment|comments|reply|report|edit|delete|previous|next|prev|previous article|next article|
previous post|next post|previous story|next story|
read more|read more here|continue|continue reading|more info|learn more|details|view all|see all|
see more|show more|load more|view more|all news|more stories|full story|
view comments|show comments|see comments|hide comments|post a comment|leave a comment|add comment|
add a comment|write a comment|join the conversation|join the discussion|comments off|no comments|
be the first to comment|
topics|tags|in this article|in this story|english|arabic|français|deutsch|español|русский|العربية|
한국어|中文|日本語|language|select language|
breaking news|breaking|exclusive|top story|premium|subscriber only|subscribers only|for subscribers|
editor's pick|editors' picks|editor's choice|click here|
image|images|caption|hide caption|toggle caption|show caption|view image in fullscreen|
enlarge this image|download|download pdf|download image|print view|report an error|report a typo|
correct an error|request correction|
teilen|drucken|merken|artikel teilen|artikel drucken|auf facebook teilen|auf twitter teilen|
per e-mail teilen|per mail|versenden|weiterlesen|mehr|startseite|
suche|suchen|menü|menü öffnen|anmelden|abmelden|registrieren|abo|abonnement|impressum|datenschutz|
datenschutzerklärung|kontakt|agb|zur startseite|nach oben|seite drucken|kommentare|kommentieren|
kommentar schreiben|vorlesen|schriftgröße|audio anhören|artikel anhören|zum inhalt springen|merkliste|
partager|imprimer|envoyer|partager sur facebook|partager sur twitter|partager cet article|lire la suite|
accueil|
recherche|rechercher|se connecter|connexion|s'inscrire|s'abonner|abonnez-vous|mon compte|
mentions légales|contactez-nous|haut de page|commenter|réagir|écouter|écouter l'article|à la une|
en direct|aller au contenu|ajouter à vos favoris|
compartir|imprimir|enviar|compartir en facebook|compartir en twitter|leer más|seguir leyendo|inicio|
portada|
buscar|iniciar sesión|registrarse|suscríbete|suscribirse|mi cuenta|contacto|aviso legal|
política de privacidad|volver arriba|comentar|comentarios|escuchar|última hora|guardar|menú|
compartilhar|leia mais|início|entrar|assine|salvar|
condividi|stampa|invia|leggi tutto|accedi|abbonati|cerca|delen|afdrukken|lees meer|zoeken|inloggen|
udostępnij|drukuj|paylaş|yazdır|ana sayfa|
поделиться|печать|распечатать|версия для печати|читать далее|читать полностью|главная|
поиск|найти|войти|вход|регистрация|подписаться|подписка|контакты|о нас|о проекте|реклама|наверх|меню|
комментировать|отправить|сохранить|вконтакте|одноклассники|телеграм|скопировать ссылку|лента новостей|
видео|фото|
공유|공유하기|인쇄|인쇄하기|프린트|스크랩|메일|이메일|기사 공유|페이스북|트위터|카카오톡|카카오스토리|
네이버|밴드|url 복사|링크 복사|글자크기|글자 크기|글씨 크게|글씨 작게|가|가+|가-|본문 글씨 키우기|
본문 글씨 줄이기|글자 크게|글자 작게|
홈|메뉴|전체메뉴|검색|로그인|로그아웃|회원가입|구독|구독하기|동영상|더보기|목록|이전|다음|이전글|다음글|
맨위로|위로|댓글|댓글쓰기|좋아요|추천|추천하기|기사제보|본문듣기|본문 듣기|기사듣기|바로가기|
본문 바로가기|메뉴 바로가기|
مشاركة|شارك|شارك المقال|شارك الخبر|طباعة|اطبع|إرسال|أرسل|نسخ الرابط|فيسبوك|تويتر|واتساب|واتس اب|
تيليجرام|تلغرام|لينكدإن|اقرأ المزيد|إقرأ المزيد|المزيد|الرئيسية|الصفحة الرئيسية|
فيديو|صور|بحث|ابحث|تسجيل الدخول|دخول|تسجيل|اشترك|من نحن|اتصل بنا|تواصل معنا|القائمة|حجم الخط|استمع|
تعليق|أضف تعليق|أعلى الصفحة|
分享|打印|首页|新闻|更多|登录|注册|搜索|评论|字号|大|中|小|シェア|印刷|ホーム|検索|ログイン|もっと見る|
保存|
beranda|masuk|daftar|cari|bagikan|cetak|komentar|salin tautan|unduh|selengkapnya|lihat semua|
होम|खोजें|शेयर करें|साझा करें|फेसबुक|ट्विटर|व्हाट्सऐप|व्हाट्सएप|
टेलीग्राम|लॉग इन|साइन इन|प्रिंट|टिप्पणी|और पढ़ें|मेन्यू|
giriş|giriş yap|üye ol|abone ol|abone|tweetle|haberler|
anasayfa|arama|menü|yorum yap|yorumlar|kopyala|haberi paylaş|
ir para o conteúdo|ir al contenido|saltar al contenido|ir al contenido principal|vai al contenuto|
перейти к содержимому|przejdź do treści|ga naar de inhoud|hoppa till innehåll|içeriğe geç|
quiénes somos|colabora|qui sommes-nous|chi siamo|über uns|
assinar|cadastre-se|buscar notícias|imprimir notícia|copiar link|ouvir|ouça este conteúdo|
hem|logga in|prenumerera|dela|skriv ut|sök|log ind|del|meny|logg inn|søk|hae|jaa|kirjaudu|tilaa|
trang chủ|đăng nhập|chia sẻ|tìm kiếm|zaloguj|szukaj|strona główna|podziel się|acasă|caută|
トップ|会員登録|新規会員登録|ツイート|ブックマーク|はてなブックマーク|記事を印刷|メニュー|文字サイズ|
手机版|客户端|微信|微博|微信好友|朋友圈|收藏|点赞|举报|返回首页|登入|註冊|搜尋|列印|轉寄|加入会员|
most read|view gallery|view comments|e-mail|
""",
    Furniture.ADVERT: """
skip advert|pub|
advertisement|advertisements|advert|ad|ads|advertising|sponsored|sponsored content|sponsored links|
sponsor|promoted|promoted content|paid content|partner content|paid post|ad feedback|skip ad|
story continues below|
article continues below|story continues below advertisement|article continues after advertisement|
continue reading below|report this ad|remove ads|
anzeige|werbung|annonce|publicité|publicidad|anuncio|publicidade|pubblicità|advertentie|reklama|reklam|
реклама|광고|إعلان|إعلانات|广告|広告|
iklan|iklan lanjutkan membaca|विज्ञापन|annons|annonse|mainos|quảng cáo|スポンサーリンク|pr|
""",
    Furniture.RELATED: """
related|related articles|related article|related stories|related story|related news|related posts|
related post|related content|related topics|related coverage|related items|related links|
related reading|related video|related videos|
most read|most popular|most viewed|most shared|most commented|most recent|popular|popular posts|
popular stories|popular now|popular articles|popular news|trending|trending now|trending stories|
trending topics|trending news|
recommended|recommended for you|recommended stories|recommended reading|recommended articles|
you may like|you may also like|you might like|you might also like|you may be interested in|
you might be interested in|more from|more like this|more on this|more on this story|more on this topic|
more news|more in|more stories|more articles|more headlines|other news|other stories|other articles|
also in the news|also in this section|in other news|in case you missed it|don't miss|dont miss|
must read|must reads|
latest|latest stories|latest articles|latest posts|latest headlines|latest updates|recent posts|
recent articles|recent news|recent stories|recent comments|recent entries|top stories|top news|
top headlines|headlines|what to read next|read next|up next|next up|next story|
editors' picks|editor's picks|editors picks|editor's choice|editor's pick|from the web|around the web|
from our partners|from around the web|stories from our partners|similar articles|similar stories|
similar posts|see also|also read|also see|read also|read more on|further reading|blogroll|links|
mehr zum thema|zum thema|lesen sie auch|auch interessant|das könnte sie auch interessieren|
das könnte sie interessieren|meistgelesen|meistgelesene artikel|meist gelesen|am meisten gelesen|
weitere artikel|weitere meldungen|weitere nachrichten|ähnliche artikel|verwandte artikel|
aktuelle meldungen|neueste beiträge|empfohlen|
à lire aussi|a lire aussi|lire aussi|à lire également|sur le même sujet|dans la même rubrique|
billets récents|commentaires récents|neueste kommentare|comentarios recientes|
articles liés|articles similaires|les plus lus|les plus populaires|le plus lu|plus d'articles|
nos dernières actualités|dernières nouvelles|en continu|articles récents|voir aussi|
noticias relacionadas|relacionadas|relacionados|artículos relacionados|te puede interesar|
también te puede interesar|le puede interesar|más noticias|más leídas|las más leídas|lo más leído|
lo más visto|lo último|más información|más sobre|ver también|lea también|entradas recientes|
entradas relacionadas|
notícias relacionadas|leia também|mais lidas|veja também|articoli correlati|leggi anche|i più letti|
potrebbe interessarti|lees ook|meest gelezen|czytaj także|zobacz także|najczęściej czytane|
ilgili haberler|en çok okunanlar|
читайте также|по теме|материалы по теме|ещё по теме|еще по теме|похожие новости|похожие материалы|
похожие записи|популярное|самое читаемое|самые читаемые|последние новости|другие новости|главное|
новости по теме|рекомендуем|смотрите также|вам может быть интересно|свежие записи|
관련기사|관련 기사|관련뉴스|관련 뉴스|관련글|많이 본 뉴스|많이 본 기사|가장 많이 본 뉴스|인기기사|
인기 기사|인기뉴스|인기글|최신기사|최신 기사|최신뉴스|최신글|주요뉴스|주요 뉴스|주요기사|헤드라인|
추천기사|추천 뉴스|추천뉴스|함께 보면 좋은 기사|오늘의 주요뉴스|실시간 뉴스|최근글|
اقرأ أيضا|اقرأ أيضاً|إقرأ أيضا|اقرأ ايضا|إقرأ أيضاً|أخبار ذات صلة|اخبار ذات صلة|مواضيع ذات صلة|
موضوعات ذات صلة|ذات صلة|مقالات ذات صلة|الأكثر قراءة|الاكثر قراءة|الأكثر مشاهدة|الأكثر تداولا|
آخر الأخبار|اخر الاخبار|أخبار متعلقة|قد يهمك|قد يهمك أيضا|شاهد أيضا|
相关新闻|相关阅读|相关文章|热门新闻|推荐阅读|最新消息|関連記事|関連ニュース|ランキング|おすすめ記事|
人気記事|
berita terkait|berita lainnya|terpopuler|terkini|artikel terkait|baca juga|rekomendasi|
संबंधित खबरें|संबंधित समाचार|यह भी पढ़ें|ये भी पढ़ें|सबसे ज्यादा पढ़ी गई|लोकप्रिय|ताजा खबरें|अन्य खबरें|
benzer haberler|diğer haberler|son dakika|son haberler|çok okunanlar|ilginizi çekebilir|
notícias mais lidas|últimas notícias|saiba mais|mais notícias|matérias relacionadas|
läs också|läs även|läs mer|mest läst|les også|mest lest|læs også|mest læste|lue myös|luetuimmat|
polecane|najnowsze|xem thêm|tin liên quan|tin mới|citește și|
関連リンク|アクセスランキング|新着記事|新着ニュース|あわせて読みたい|人気ニュース|相關新聞|延伸閱讀|熱門新聞|
猜你喜欢|热门推荐|精彩推荐|most watched news videos|most watched|
""",
    Furniture.COMMENTS: """
comments|reader comments|readers' comments|user comments|leave a reply|leave a comment|
leave your comment|post a comment|post comment|add your comment|join the discussion|what do you think|
have your say|discussion|responses|facebook comments|comments are closed|cancel reply|your comment|
kommentare|leserkommentare|kommentar schreiben|schreibe einen kommentar|schreiben sie einen kommentar|
ihre meinung|commentaires|vos commentaires|laisser un commentaire|vos réactions|comentarios|
deja un comentario|deja una respuesta|escribe un comentario|comentários|deixe um comentário|commenti|
lascia un commento|reacties|
комментарии|оставить комментарий|добавить комментарий|ваш комментарий|обсуждение|댓글|댓글 남기기|
댓글 쓰기|댓글쓰기|의견|의견쓰기|전체댓글|네티즌 의견|تعليقات|التعليقات|أضف تعليق|أضف تعليقا|
اترك تعليقا|اترك تعليقاً|اترك رد|评论|发表评论|コメント|
komentar pembaca|टिप्पणियां|yorumlar|kommentarer|kommentit|bình luận|網友評論|网友评论|
""",
    Furniture.PAGES: """
الصفحة التالية|الصفحة السابقة|المشاركات الأقدم|
다음 글|이전 글|다음 페이지|이전 페이지|上一页|下一页|上一頁|下一頁|
上一篇|下一篇|
次のページ|前のページ|
次の記事|前の記事|sonraki sayfa|önceki sayfa|daha eski yayınlar|sonraki kayıt|önceki kayıt|
halaman berikutnya|halaman sebelumnya|selanjutnya|sebelumnya|अगला पृष्ठ|पिछला पृष्ठ|अगला|पिछला|
""",
    Furniture.WEATHER: """
weather|clear sky|few clouds|scattered clouds|broken clouds|overcast clouds|overcast|mist|haze|fog|
light rain|rain|moderate rain|heavy rain|shower rain|snow|light snow|thunderstorm|sunny|mostly sunny|
partly sunny|partly cloudy|mostly cloudy|cloudy|clear|dust|smoke|humidity|wind|
wetter|sonnig|bewölkt|heiter|météo|ensoleillé|nuageux|soleado|nublado|ясно|облачно|пасмурно|맑음|흐림|
구름많음|구름조금|غائم|صاف|مشمس|
""",
}
