# ruff: noqa: RUF001  (words of many alphabets)
"""The commonest words of languages that share a script: what tells them apart."""

COMMONEST_WORDS = {
    r"\p{Latin}": {
        "en": (
            "the of and to in is that for it with as was on be by this are you your "
            "we not or at from have an will can our which do if what"
        ),
        "de": (
            "der die und in den von zu das mit sich des auf für ist im dem nicht "
            "ein eine als auch es an werden aus er hat dass sie nach wird bei einer "
            "um wir ihr oder"
        ),
        "es": (
            "de la que el en y a los del se las por un para con no una su al lo "
            "como más pero sus le ya o este es sí porque esta entre cuando muy son"
        ),
        "fr": (
            "de la le et les des en un du une que est pour qui dans par plus au pas "
            "sur ne se ce il sont nous vous avec ou votre aux cette être"
        ),
        "it": (
            "di e il la che in a per un del è della non i una le si con da sono dei "
            "nel al gli alla come più ma anche delle ha questo o"
        ),
        "pt": (
            "de a o que e do da em um para com não uma os no se na por mais as dos "
            "como mas ao das à seu sua ou quando muito nos já está são você"
        ),
        "nl": (
            "de van het een en in is dat op te zijn met voor niet aan er om ook als "
            "maar dan bij wordt door naar uit heeft deze worden u onze of wij"
        ),
        "sv": (
            "och i att det som en på är av för med till den har de inte om ett han "
            "men var jag sig från vi så kan när eller ska"
        ),
        "da": (
            "og i at det er en til af på som med for de den der ikke har et om fra "
            "vi kan ved var men sig også eller hvis efter blev"
        ),
        "no": (
            "og i det er på en til som av for med at de har ikke den om et fra vi "
            "kan var seg men etter også eller dette ble hvis når"
        ),
        "fi": (
            "ja on ei se että oli ovat joka mutta myös kun tai niin sen voi hän ole "
            "kuin sekä jos mukaan vain tämä olla me"
        ),
        "pl": (
            "i w na z do się nie to jest że o jak po za od dla przez są oraz ale co "
            "tym być lub czy już tylko może przy które jego"
        ),
        "cs": (
            "a v se na je že s z do o i to k ve pro za by jsou ale jako po od nebo "
            "který jsme byl při také podle až které"
        ),
        "sk": (
            "a v sa na je že s z do o aj to k vo pre za by sú ale ako po od alebo "
            "ktorý sme bol pri tiež podľa až ktoré"
        ),
        "sl": (
            "in v je na se da za so z ki s po pri kot ne bi tudi ali od pa iz ko še "
            "do lahko bo biti ter ni"
        ),
        "hr": (
            "i u je na se da su za od s o kao ne koji bi ili iz što do ali po koje "
            "uz samo sve nije biti može kako"
        ),
        "ro": (
            "de și în la a cu pe o nu că din un este se pentru ce care mai sau au "
            "prin sunt fi dar dacă fost ai dumneavoastră ale"
        ),
        "hu": (
            "a az és hogy nem is egy ez meg volt de csak már mint vagy van ki "
            "minden lehet kell azt be sem el után ha még"
        ),
        "tr": (
            "ve bir bu için da de ile çok olarak daha olan gibi kadar sonra her ne "
            "ya değil var mi en veya ancak ise o"
        ),
        "id": (
            "yang dan di dengan untuk dari dalam ini itu pada tidak adalah akan ke "
            "atau oleh kami anda bisa sudah ada juga dapat saya"
        ),
        "ca": (
            "de la i el que en a les els per un del amb una no és es al són com més "
            "o aquesta aquest seva però també pot han"
        ),
        "eu": (
            "eta da ez bat du zen dira edo den izan baina ere dute egin hau beste "
            "behar duen bere dago dituzte"
        ),
        "lt": (
            "ir į kad su iš yra kaip ne tai o bet nuo per už apie jo buvo arba tik "
            "dar šio gali jei pagal prie"
        ),
        "lv": (
            "un ir ar no par kas uz tas bet kā lai vai tika nav pēc arī pie līdz "
            "var bija tiek kad jūs"
        ),
        "et": (
            "ja on ei et see oli kui ka mis aga oma või ning kes siis seda ta nii "
            "välja pärast võib olid ole"
        ),
        "ga": (
            "agus an na ar is a i le do go bhí ag sé ní air chun atá nó as leis mar "
            "sin gur ach tá"
        ),
        "sq": (
            "në e të dhe i për me një që nga së u më është ka si nuk do por ose kjo "
            "janë edhe duke"
        ),
        "vi": (
            "và của là có không được cho các trong một với những người để này khi "
            "đã từ tại bạn hoặc như về chúng tôi"
        ),
        "tl": (
            "ang ng sa na mga at ay ko ka hindi ito para may kung siya namin po "
            "niya lang din naman o"
        ),
        "sw": (
            "na ya wa kwa ni katika la za kuwa cha hii au kama si hiyo lakini pia "
            "huo yake hapa sisi"
        ),
    },
    r"\p{Cyrillic}": {
        "ru": (
            "и в не на что с по как это из у за для от его к был или так же но мы "
            "вы является если при только чтобы он она они было были быть их который "
            "которые"
        ),
        "uk": (
            "і в не на що з по як це із у за для від його та до був або так ж але "
            "ми ви є якщо при тільки щоб"
        ),
        "bg": (
            "и в не на че с по като това от за да се е са със при или но си ще до "
            "може към който беше след"
        ),
        "sr": (
            "и у не на што са по као то из за да се је су од или али који би до "
            "може није како био када"
        ),
        "kk": ("және мен бұл үшін бар бір де деп болып емес осы сіз біз арқылы немесе"),
    },
    r"\p{Arabic}": {
        "ar": (
            "في من على إلى أن التي الذي عن هذا مع ما لا كان هذه هو كما أو ذلك بعد "
            "قد هي بين كل لم"
        ),
        "fa": (
            "و در به از که این را با است برای آن یک تا بر هم شد خود بود می ها های "
            "شما اما یا"
        ),
        "ur": (
            "کے میں کی ہے اور سے کا کو اس نے پر کہ ہیں یہ بھی ایک کر تھا نہیں ان آپ یا"
        ),
    },
    r"\p{Devanagari}": {
        "hi": ("के में की है और से का को पर यह कि एक हैं ने था इस भी नहीं हो लिए कर जो या"),
        "mr": ("आणि आहे या व ते हे की एक होते आहेत ही मध्ये नाही तर पण त्या केली हा साठी"),
        "ne": ("र छ को मा छन् यो पनि हो एक गर्न भने लागि थियो तथा छैन हुन्छ गरेको बाट"),
    },
    r"\p{Hebrew}": {
        "he": ("של את על לא הוא זה עם כי גם או אם היא אל יש אני כל אך היה בין אנחנו"),
        "yi": ("און די פון אין צו איז דער דאס מיט אויף האט נישט מען זיך אז אבער"),
    },
}
