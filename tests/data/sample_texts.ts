/** Texts in many languages, and the encodings that people have them in. @module */

const RUSSIAN_1 =
  "Мороз и солнце; день чудесный! Ещё ты дремлешь, друг прелестный. Пора, красавица, проснись: " +
  "открой сомкнуты негой взоры.";
const RUSSIAN_2 =
  "Вечером мы вышли на берег и долго смотрели, как тёмная вода несёт к морю последние льдины. " +
  "Было тихо, только где-то далеко лаяла собака.";
const UKRAINIAN_1 =
  "Реве та стогне Дніпр широкий, сердитий вітер завива, додолу верби гне високі, горами хвилю " +
  "підійма. І блідий місяць на ту пору із хмари де-де виглядав.";
const UKRAINIAN_2 =
  "Уранці вони пішли до лісу збирати гриби, але дощ почався раніше, ніж усі сподівалися. Їхній " +
  "дідусь сміявся і казав, що це на щастя.";
const BULGARIAN_1 =
  "Вечерта беше тиха и топла, а над реката се носеше мирис на цъфнала липа. Хората седяха пред " +
  "къщите си и говореха за старите времена.";
const BULGARIAN_2 = "Жътварите се върнаха късно от полето и запяха песен, която всички знаеха още от деца. " +
  "Щурците им отговаряха от тревата.";
const SERBIAN_1 =
  "Кад је пала ноћ, сви су се окупили око ватре и слушали старог чобанина. Његова прича била " +
  "је дуга, али нико није желео да се заврши.";
const GREEK_1 =
  "Το βράδυ κατεβήκαμε στη θάλασσα και μείναμε πολλή ώρα να κοιτάζουμε τα φώτα των καϊκιών. Ο " +
  "άνεμος είχε πέσει και τα κύματα ήταν ήσυχα.";
const GREEK_2 =
  "Ο γέρος κάθισε κάτω από την ελιά και άρχισε να μας λέει για τα ταξίδια του. Κανείς δεν τον " +
  "διέκοψε, γιατί όλοι ήθελαν να ακούσουν το τέλος.";
const HEBREW_1 =
  "בערב ירדנו אל החוף וישבנו על החול. הרוח נשבה מן הים, והילדים רצו אחרי הגלים עד שהחשיך היום " +
  "וכולם חזרו הביתה.";
const HEBREW_2 = "הזקן סיפר לנו על הדרך הארוכה שעשה בצעירותו, ועל האנשים הטובים שפגש בה. כולנו הקשבנו ולא " +
  "רצינו שיפסיק לדבר.";
const ARABIC_1 = "في المساء نزلنا إلى شاطئ البحر وجلسنا على الرمال ننظر إلى القمر. كان الهواء لطيفا، وكان " +
  "الأطفال يلعبون قرب الماء حتى وقت متأخر.";
const ARABIC_2 = "جلس الشيخ تحت الشجرة وبدأ يحكي لنا قصة قديمة عن رجل سافر إلى بلاد بعيدة. لم يتكلم أحد منا " +
  "لأننا أردنا أن نعرف كيف تنتهي.";
const TURKISH_1 = "Akşam olunca deniz kıyısına indik ve uzun süre ışıkları seyrettik. Rüzgâr dinmişti, " +
  "çocuklar kumların üzerinde koşuyor, büyükler çay içiyordu.";
const TURKISH_2 =
  "Yaşlı adam ağacın altına oturdu ve bize gençliğinde yaptığı yolculukları anlatmaya başladı. " +
  "Hiç kimse sözünü kesmedi, çünkü herkes öykünün sonunu merak ediyordu.";
const LITHUANIAN_1 =
  "Vakare nuėjome prie ežero ir ilgai žiūrėjome, kaip saulė leidžiasi už miško. Vėjas nutilo, " +
  "vanduo buvo ramus, o vaikai žaidė ant kranto iki pat sutemų.";
const LITHUANIAN_2 =
  "Senelis atsisėdo po ąžuolu ir pradėjo pasakoti apie savo jaunystę. Niekas jo nepertraukė, " +
  "nes visi norėjo išgirsti, kuo baigėsi šita kelionė į tolimą šalį.";
const LATVIAN_1 = "Vakarā mēs aizgājām līdz jūrai un ilgi skatījāmies, kā saule nogrimst ūdenī. Vējš bija " +
  "pierimis, un bērni spēlējās smiltīs, līdz kļuva pavisam tumšs.";
const LATVIAN_2 =
  "Vectēvs apsēdās zem ozola un sāka stāstīt par savu jaunību. Neviens viņu nepārtrauca, jo " +
  "visi gribēja dzirdēt, kā beidzās šis garais ceļojums.";
const ESTONIAN_1 =
  "Õhtul läksime mere äärde ja vaatasime kaua, kuidas päike loojub. Tuul oli vaikseks jäänud " +
  "ning lapsed mängisid rannas. Õde sõi šokolaadi ja luges žurnaali, šalli põlvedel hoides.";
const THAI_1 = "ตอนเย็นพวกเราเดินลงไปที่ชายหาดและนั่งดูพระอาทิตย์ตกดิน ลมพัดเบาๆ เด็กๆ " +
  "วิ่งเล่นอยู่ริมน้ำจนค่ำ แล้วทุกคนก็กลับบ้านด้วยกัน";
const THAI_2 = "คุณตานั่งอยู่ใต้ต้นไม้ใหญ่และเล่าเรื่องการเดินทางเมื่อครั้งยังหนุ่มให้พวกเราฟัง " +
  "ไม่มีใครพูดอะไรเพราะทุกคนอยากรู้ว่าเรื่องจะจบอย่างไร";
const POLISH_1 = "Wieczorem zeszliśmy nad rzekę i długo patrzyliśmy, jak słońce chowa się za lasem. Wiatr " +
  "ucichł, a dzieci bawiły się na brzegu, aż zrobiło się zupełnie ciemno.";
const POLISH_2 = "Stary gospodarz usiadł pod dębem i zaczął opowiadać o swojej młodości. Nikt mu nie " +
  "przerywał, bo każdy chciał usłyszeć, jak się skończyła ta długa podróż.";
const CZECH_1 = "Večer jsme sešli k řece a dlouho jsme se dívali, jak slunce zapadá za les. Vítr utichl a " +
  "děti si hrály na břehu, dokud nebyla úplná tma.";
const CZECH_2 = "Starý hospodář se posadil pod dub a začal vyprávět o svém mládí. Nikdo ho nepřerušil, " +
  "protože všichni chtěli slyšet, jak ta dlouhá cesta skončila.";
const HUNGARIAN_1 =
  "Este lementünk a folyóhoz, és sokáig néztük, ahogy a nap eltűnik az erdő mögött. A szél " +
  "elült, a gyerekek a parton játszottak, míg egészen be nem sötétedett.";
const HUNGARIAN_2 =
  "Az öreg gazda leült a tölgyfa alá, és mesélni kezdett az ifjúságáról. Senki sem szakította " +
  "félbe, mert mindenki hallani akarta, hogyan végződött a hosszú út.";
const ROMANIAN_1 =
  "Seara am coborât la râu şi am privit îndelung cum apune soarele în spatele pădurii. Vântul " +
  "se oprise, iar copiii se jucau pe mal până s-a făcut întuneric. „Mâine vom pleca”, a spus " +
  "bătrânul.";
const CROATIAN_1 =
  "Navečer smo sišli do rijeke i dugo gledali kako sunce zalazi iza šume. Vjetar je utihnuo, a " +
  "djeca su se još igrala na obali. Rođaci su došli kasnije, noseći voće i žute cvjetove.";
const VIETNAMESE_1 =
  "Buổi chiều chúng tôi đi xuống bờ biển và ngồi ngắm mặt trời lặn. Gió đã lặng, trẻ con chạy " +
  "chơi trên bãi cát cho đến khi trời tối hẳn rồi mọi người cùng về nhà.";
const VIETNAMESE_2 =
  "Ông lão ngồi dưới gốc cây và bắt đầu kể cho chúng tôi nghe về những chuyến đi thời còn trẻ. " +
  "Không ai ngắt lời vì ai cũng muốn biết câu chuyện kết thúc thế nào.";
const FRENCH_1 =
  "Longtemps, je me suis couché de bonne heure. Parfois, à peine ma bougie éteinte, mes yeux " +
  "se fermaient si vite que je n'avais pas le temps de me dire : « Je m'endors. » Et, une " +
  "demi-heure après, la pensée qu'il était temps de chercher le sommeil m'éveillait.";
const FRENCH_2 = "Le soir, nous sommes descendus à la rivière et nous avons regardé le soleil disparaître " +
  "derrière la forêt. Le vent était tombé ; les élèves jouaient près de l'eau, où déjà " +
  "flottaient des feuilles.";
const GERMAN_1 = "Am Abend gingen wir hinunter zum Fluß und sahen zu, wie die Sonne hinter den Wäldern " +
  "verschwand. Es war kühl geworden, und die Kinder hörten nicht auf, über die Wiese zu laufen.";
const SPANISH_1 =
  "En un lugar de la Mancha, de cuyo nombre no quiero acordarme, no ha mucho tiempo que vivía " +
  "un hidalgo de los de lanza en astillero, adarga antigua, rocín flaco y galgo corredor. " +
  "Mañana volverá, ¿verdad? Aún no lo sé.";
const PORTUGUESE_1 =
  "À noite descemos até ao rio e ficámos a ver o sol desaparecer atrás das árvores. O vento já " +
  "não soprava, e as crianças brincavam na margem. Amanhã voltarão, disse o avô, mas não três " +
  "vezes.";
const SWEDISH_1 =
  "På kvällen gick vi ner till ån och såg länge hur solen försvann bakom skogen. Vinden hade " +
  "mojnat, och barnen lekte på stranden ända tills det blev mörkt.";
const ICELANDIC_1 = "Um kvöldið gengum við niður að ánni og horfðum lengi á sólina hverfa bak við fjöllin. " +
  "Vindinn hafði lægt og börnin léku sér í fjörunni þar til orðið var dimmt.";
const ENGLISH_1 = "“It’s late,” she said – “don’t you think so?” " +
  "He didn’t answer; the old man’s “story” " +
  "wasn’t finished… “Let’s wait,” he whispered.";
const CHINESE_1 =
  "晚上我们走到河边，看着太阳慢慢落到山后面去。风停了，孩子们还在岸上玩，一直到天完全黑下来，大" +
  "家才一起回家。";
const CHINESE_2 =
  "老人坐在树下，开始给我们讲他年轻时候的事情。谁也没有打断他，因为大家都想知道这个故事最后是怎" +
  "么结束的。";
const TRADITIONAL_1 =
  "關關雎鳩，在河之洲。窈窕淑女，君子好逑。晚上我們走到河邊，看著太陽慢慢落到山後面去，孩子們還" +
  "在岸上玩。";
const TRADITIONAL_2 =
  "老人坐在樹下，開始給我們講他年輕時候的事情。誰也沒有打斷他，因為大家都想知道這個故事最後是怎" +
  "麼結束的。";
const JAPANESE_1 =
  "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所" +
  "でニャーニャー泣いていた事だけは記憶している。";
const JAPANESE_2 =
  "夕方、私たちは川の岸まで歩いて行って、太陽が山の向こうに沈むのを長い間見ていた。風はもう止ん" +
  "で、子供たちは暗くなるまで遊んでいた。";
const KOREAN_1 = "저녁에 우리는 강가로 내려가서 해가 산 너머로 지는 것을 오래 바라보았다. 바람은 " +
  "그쳤고 아이들은 어두워질 때까지 물가에서 놀았다.";
const KOREAN_2 = "할아버지는 나무 아래에 앉아 젊었을 때의 이야기를 들려주기 시작하셨다. 아무도 " +
  "말을 끊지 않았다. 모두 그 이야기가 어떻게 끝나는지 알고 싶었기 때문이다.";
const ESPERANTO_1 =
  "Vespere ni iris al la rivero kaj longe rigardis, kiel la suno malaperas malantaŭ la arbaro. " +
  "La vento ĉesis, kaj la infanoj ludis sur la bordo, ĝis fariĝis tute mallume. Ankoraŭ neniu " +
  "ŝatis iri hejmen, ĉar ĉio ŝajnis bela.";

/** Encodings and their texts. */
export const TEXTS: readonly [encoding: string, ...texts: string[]][] = [
  ["windows-1251", RUSSIAN_1, RUSSIAN_2],
  ["koi8-r", RUSSIAN_1, RUSSIAN_2],
  ["ibm866", RUSSIAN_1, RUSSIAN_2],
  ["iso-8859-5", RUSSIAN_1, SERBIAN_1],
  ["x-mac-cyrillic", RUSSIAN_1, BULGARIAN_1, SERBIAN_1],
  ["koi8-u", UKRAINIAN_1, UKRAINIAN_2],
  ["windows-1251", UKRAINIAN_1, BULGARIAN_2],
  ["windows-1253", GREEK_1, GREEK_2],
  ["iso-8859-7", GREEK_1, GREEK_2],
  ["windows-1255", HEBREW_1, HEBREW_2],
  ["iso-8859-8", HEBREW_1, HEBREW_2],
  ["windows-1256", ARABIC_1, ARABIC_2],
  ["iso-8859-6", ARABIC_1, ARABIC_2],
  ["windows-1254", TURKISH_1, TURKISH_2],
  ["windows-1257", LITHUANIAN_1, LATVIAN_1],
  ["iso-8859-13", LITHUANIAN_2, LATVIAN_2],
  ["iso-8859-4", LITHUANIAN_1, LATVIAN_2],
  ["windows-1257", ESTONIAN_1, LITHUANIAN_2],
  ["windows-874", THAI_1, THAI_2],
  ["windows-1250", POLISH_1, CZECH_1],
  ["iso-8859-2", POLISH_2, CZECH_2],
  ["windows-1250", HUNGARIAN_1, ROMANIAN_1],
  ["iso-8859-2", HUNGARIAN_2, CROATIAN_1],
  ["windows-1258", VIETNAMESE_1, VIETNAMESE_2],
  ["windows-1252", FRENCH_1, GERMAN_1],
  ["windows-1252", SPANISH_1, ENGLISH_1],
  ["windows-1252", FRENCH_2, PORTUGUESE_1],
  ["iso-8859-15", FRENCH_2, ICELANDIC_1],
  ["macintosh", FRENCH_2, PORTUGUESE_1],
  ["macintosh", SWEDISH_1, ENGLISH_1],
  ["gb18030", CHINESE_1, CHINESE_2],
  ["big5", TRADITIONAL_1, TRADITIONAL_2],
  ["shift_jis", JAPANESE_1, JAPANESE_2],
  ["euc-jp", JAPANESE_1, JAPANESE_2],
  ["iso-2022-jp", JAPANESE_1, JAPANESE_2],
  ["euc-kr", KOREAN_1, KOREAN_2],
  ["utf-16le", CHINESE_1, FRENCH_1],
  ["utf-16be", JAPANESE_1, ENGLISH_1],
  ["utf-16le", ENGLISH_1.replace(/\P{ASCII}/gu, ""), RUSSIAN_1],
  ["iso-8859-3", ESPERANTO_1, ESPERANTO_1.slice(40)],
];

/** Bytes of encodings that TextDecoder does not have, of old systems for the most part, as Python's codecs write them. */
export const ELSEWHERE: readonly [encoding: string, base64: string][] = [
  [
    "cp437",
    "TGUgc29pciwgbm91cyBzb21tZXMgZGVzY2VuZHVzIIUgbGEgcml2aYpyZSBldCBub3VzIGF2b25zIHJlZ2FyZIIgbGUgc29sZW" +
    "lsIGRpc3BhcmGMdHJlIGRlcnJpinJlIGxhIGZvcoh0LiBMZSB2ZW50IIJ0YWl0IHRvbWKCIDsgbGVzIIJsinZlcyBqb3VhaWVu" +
    "dCBwcopzIGRlIGwnZWF1LCBvlyBkgmqFIGZsb3R0YWllbnQgZGVzIGZldWlsbGVzLg==",
  ],
  [
    "cp437",
    "RW4gdW4gbHVnYXIgZGUgbGEgTWFuY2hhLCBkZSBjdXlvIG5vbWJyZSBubyBxdWllcm8gYWNvcmRhcm1lLCBubyBoYSBtdWNoby" +
    "B0aWVtcG8gcXVlIHZpdqFhIHVuIGhpZGFsZ28gZGUgbG9zIGRlIGxhbnphIGVuIGFzdGlsbGVybywgYWRhcmdhIGFudGlndWEs" +
    "IHJvY6FuIGZsYWNvIHkgZ2FsZ28gY29ycmVkb3IuIE1hpGFuYSB2b2x2ZXKgLCCodmVyZGFkPyBBo24gbm8gbG8gc4Iu",
  ],
  [
    "cp850",
    "tyBub2l0ZSBkZXNjZW1vcyBhdIIgYW8gcmlvIGUgZmljoG1vcyBhIHZlciBvIHNvbCBkZXNhcGFyZWNlciBhdHKgcyBkYXMgoH" +
    "J2b3Jlcy4gTyB2ZW50byBqoCBuxm8gc29wcmF2YSwgZSBhcyBjcmlhbodhcyBicmluY2F2YW0gbmEgbWFyZ2VtLiBBbWFuaMYg" +
    "dm9sdGFyxm8sIGRpc3NlIG8gYXaTLCBtYXMgbsZvIHRyiHMgdmV6ZXMu",
  ],
  [
    "cp850",
    "QW0gQWJlbmQgZ2luZ2VuIHdpciBoaW51bnRlciB6dW0gRmx14SB1bmQgc2FoZW4genUsIHdpZSBkaWUgU29ubmUgaGludGVyIG" +
    "RlbiBXhGxkZXJuIHZlcnNjaHdhbmQuIEVzIHdhciBrgWhsIGdld29yZGVuLCB1bmQgZGllIEtpbmRlciBolHJ0ZW4gbmljaHQg" +
    "YXVmLCCBYmVyIGRpZSBXaWVzZSB6dSBsYXVmZW4u",
  ],
  [
    "cp850",
    "VW0ga3aUbGRp0CBnZW5ndW0gdmnQIG5p0HVyIGHQIKBubmkgb2cgaG9yZtB1bSBsZW5naSCgIHOibGluYSBodmVyZmEgYmFrIH" +
    "Zp0CBmapRsbGluLiBWaW5kaW5uIGhhZtBpIGyRZ3Qgb2cgYpRybmluIGyCa3Ugc4JyIKEgZmqUcnVubmkg52FyIHRpbCBvctBp" +
    "0CB2YXIgZGltbXQu",
  ],
  [
    "cp852",
    "V2llY3pvcmVtIHplc3psaZhteSBuYWQgcnpla6kgaSBkiHVnbyBwYXRyenlsaZhteSwgamFrIHOIb+RjZSBjaG93YSBzaakgem" +
    "EgbGFzZW0uIFdpYXRyIHVjaWNoiCwgYSBkemllY2kgYmF3aYh5IHNpqSBuYSBicnplZ3UsIGG+IHpyb2JpiG8gc2mpIHp1cGWI" +
    "bmllIGNpZW1uby4=",
  ],
  [
    "cp852",
    "VmWfZXIganNtZSBzZedsaSBrIP1lY2UgYSBkbG91aG8ganNtZSBzZSBkoXZhbGksIGphayBzbHVuY2UgemFwYWSgIHphIGxlcy" +
    "4gVqF0ciB1dGljaGwgYSBk2HRpIHNpIGhyoGx5IG5hIGL9ZWh1LCBkb2t1ZCBuZWJ5bGEgo3BsbqAgdG1hLg==",
  ],
  [
    "cp852",
    "RXN0ZSBsZW1lbnSBbmsgYSBmb2x5omhveiwggnMgc29roGlnIG6CenSBaywgYWhvZ3kgYSBuYXAgZWx0+25payBheiBlcmSLIG" +
    "2UZ5R0dC4gQSBzeoJsIGVsgWx0LCBhIGd5ZXJla2VrIGEgcGFydG9uIGqgdHN6b3R0YWssIG2hZyBlZ4JzemVuIGJlIG5lbSBz" +
    "lHSCdGVkZXR0Lg==",
  ],
  [
    "cp855",
    "09bh1vMgtyDj1tDUpKg7IKao1O0g++emqOPU8b0hIKn5hCDl8SCm4ajS0Kj17SwgpuHnrCDY4ajQqOPl1PG9LiDd1uGgLCDG4a" +
    "DjoOu3pKAsINjh1uPUt+PtOiDW5cbh1r0g49bSxtTn5fEg1Kis1r0g6/PW4fEu",
  ],
  [
    "cp737",
    "kqYgmajhm6wgoZirnJnjoZijnCCpq54gn+GimKmpmCChmKAgo5zlpJijnCCnpqKi4yDpqJggpJggoaagq+GdpqyjnCCrmCCt6a" +
    "uYIKvgpCChmOShoOmkLiCOIOGknKOmqiCc5a6cIKfiqZygIKGYoCCrmCCh56OYq5gg46uYpCDjqayumC4=",
  ],
  [
    "cp862",
    "gZKYgSCJmIOQhSCAjCCEh4WTIIWJmYGQhSCSjCCEh4WMLiCEmIWHIJCZgYQgjo8ghImNLCCFhImMg4mNIJiWhSCAh5iJIISCjI" +
    "mNIJKDIJmEh5mJiiCEiYWNIIWLhYyNIIeGmIUghIGJmoQu",
  ],
  [
    "cp857",
    "QWufYW0gb2x1bmNhIGRlbml6IGuNeY1zjW5hIGluZGlrIHZlIHV6dW4gc4FyZSCNn41rbGFyjSBzZXlyZXR0aWsuIFKBemeDci" +
    "BkaW5taZ90aSwgh29jdWtsYXIga3VtbGFyjW4ggXplcmluZGUga2+fdXlvciwgYoF5gWtsZXIgh2F5IGmHaXlvcmR1Lg==",
  ],
  [
    "cp775",
    "VmFrYXJlIG5102pvbWUgcHJpZSBl2GVybyBpciBpbGdhaSDYaddy02pvbWUsIGthaXAgc2F1bNMgbGVpZNhpYXNpIHXYIG1p1W" +
    "tvLiBW02phcyBudXRpbG8sIHZhbmR1byBidXZvIHJhbXVzLCBvIHZhaWthaSDYYWlk0yBhbnQga3JhbnRvIGlraSBwYXQgc3V0" +
    "ZW3WLg==",
  ],
  [
    "cp775",
    "VmFrYXKDIG2JcyBhaXpng2qDbSBsjGR6IGrXcmFpIHVuIGlsZ2kgc2thdIxqg21pZXMsIGuDIHNhdWxlIG5vZ3JpbXN0INdkZW" +
    "6MLiBWiWrVIGJpamEgcGllcmltaXMsIHVuIGKJcm5pIHNwiWyJaoNzIHNtaWx0jHMsIGyMZHoga+t1dmEgcGF2aXNhbSB0dW3V" +
    "cy4=",
  ],
  [
    "cp861",
    "VW0ga3aUbGRpjCBnZW5ndW0gdmmMIG5pjHVyIGGMIKBubmkgb2cgaG9yZox1bSBsZW5naSCgIHOibGluYSBodmVyZmEgYmFrIH" +
    "ZpjCBmapRsbGluLiBWaW5kaW5uIGhhZoxpIGyRZ3Qgb2cgYpRybmluIGyCa3Ugc4JyIKEgZmqUcnVubmkglWFyIHRpbCBvcoxp" +
    "jCB2YXIgZGltbXQu",
  ],
  [
    "cp865",
    "UIYga3aEbGxlbiBnaWNrIHZpIG5lciB0aWxsIIZuIG9jaCBzhmcgbIRuZ2UgaHVyIHNvbGVuIGaUcnN2YW5uIGJha29tIHNrb2" +
    "dlbi4gVmluZGVuIGhhZGUgbW9qbmF0LCBvY2ggYmFybmVuIGxla3RlIHCGIHN0cmFuZGVuIIRuZGEgdGlsbHMgZGV0IGJsZXYg" +
    "bZRya3Qu",
  ],
  [
    "cp864",
    "ICAgICAgICAgICAuICAgrCAgICAgICAgLg==",
  ],
  [
    "cp037",
    "yaOiQJOBo4VrQKKIhUCigYmEQECElpWjQKiWpECjiImVkkCilm9AyIVAhImElaNAgZWipoWZXkCjiIVAlpOEQJSBlaJAoqOWma" +
    "hApoGilaNAhomViaKIhYRA04WjokCmgYmja0CIhUCmiImil4WZhYRL",
  ],
  [
    "johab",
    "uOGRYrVBILaBn6GTZSCId4hhnaEgkIGdYYhhrOEg0IGIYSCsZSCQ4aDhnaEgu6GTZSCI9bdpILWhnIEgpGGcYaWhtHaUYS4gpG" +
    "GccbdlIIthwXaJoSC0Ybehl2m3ZSC04ZaBtqG7qSCYgYxhu6EgoomIYbVBrOEgkam0dpRhLg==",
  ],
  [
    "utf-32-le",
    "HAQAAD4EAABABAAAPgQAADcEAAAgAAAAOAQAACAAAABBBAAAPgQAADsEAAA9BAAARgQAADUEAAA7AAAAIAAAADQEAAA1BAAAPQ" +
    "QAAEwEAAAgAAAARwQAAEMEAAA0BAAANQQAAEEEAAA9BAAASwQAADkEAAAhAAAAIAAAABUEAABJBAAAUQQAACAAAABCBAAASwQA" +
    "ACAAAAA0BAAAQAQAADUEAAA8BAAAOwQAADUEAABIBAAATAQAACwAAAAgAAAANAQAAEAEAABDBAAAMwQAACAAAAA/BAAAQAQAAD" +
    "UEAAA7BAAANQQAAEEEAABCBAAAPQQAAEsEAAA5BAAALgAAACAAAAAfBAAAPgQAAEAEAAAwBAAALAAAACAAAAA6BAAAQAQAADAE" +
    "AABBBAAAMAQAADIEAAA4BAAARgQAADAEAAAsAAAAIAAAAD8EAABABAAAPgQAAEEEAAA9BAAAOAQAAEEEAABMBAAAOgAAACAAAA" +
    "A+BAAAQgQAADoEAABABAAAPgQAADkEAAAgAAAAQQQAAD4EAAA8BAAAOgQAAD0EAABDBAAAQgQAAEsEAAAgAAAAPQQAADUEAAAz" +
    "BAAAPgQAADkEAAAgAAAAMgQAADcEAAA+BAAAQAQAAEsEAAAuAAAA",
  ],
];
