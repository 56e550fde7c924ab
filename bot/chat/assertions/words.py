"""How the eight languages say that something was done: forms of verbs, by act.

Of each act: what names it in a tool (`stems`, beginnings of words), and its forms.
`en`, `de`, `fr`: participles; `es`, `pt`: participles of any gender; `es1`, `pt1`: "I
did"; `id`: what one does, `id1`: what is done; `hi`: what stands before the verb; `ar`:
the name of the act, `ar1`: "I did", or "we did". All are parts of patterns.
"""

from collections.abc import Mapping

Forms = Mapping[str, str]

ACTS: Mapping[str, Forms] = {
    "book": {
        "stems": "book|reserv|schedul|buch|reserv|agend|réserv|pesan|memesan"
        "|jadwal|बुक|आरक्ष|حجز|احجز",
        "en": "(?:pre )?booked|reserved|scheduled|arranged"
        "|made (?:a|the|your|that)(?: [^ ]+){0,2} (?:booking|reservation|appointment)",
        "inf": "book|reserve|schedule|arrange",
        "de": "gebucht|reserviert|vereinbart|eingetragen|vorgemerkt",
        "es": "reservad[oa]s?|agendad[oa]s?|programad[oa]s?"
        "|hecho (?:la|su|tu|una) reserva(?:ción)?",
        "es1": "reservé|agendé|programé|hice (?:la|su|tu|una) reserva(?:ción)?",
        "fr": "réservée?s?|planifiée?s?|pris (?:votre|le|un|ton) rendez vous"
        "|effectué (?:la|votre|ta) réservation",
        "pt": "reservad[oa]s?|agendad[oa]s?|marcad[oa]s?"
        "|feito (?:a|sua|uma) (?:sua )?reserva",
        "pt1": "reservei|agendei|marquei|fiz (?:a|sua|uma) (?:sua )?reserva",
        "id": "memesan(?:kan)?|mereservasi|menjadwalkan|membooking|reservasi(?:kan)?"
        "|pesan(?:kan)?",
        "id1": "dipesan(?:kan)?|direservasi|dijadwalkan|dibooking",
        "hi": "बुक|आरक्षित|रिज़र्व|रिजर्व|शेड्यूल|बुकिंग",
        "ar": "حجز|جدولة",
        "ar1": "حجز(?:ت|نا)",
    },
    "order": {
        "stems": "order|buy|purchas|bestell|kauf|pedir|pide|pedid|compr|encarg|command"
        "|achet|encomend|beli|membeli|ऑर्डर|ख़रीद|खरीद|طلب|اطلب|شراء",
        "en": "ordered|purchased|bought|placed",
        "inf": "order|buy|purchase|place",
        "de": "bestellt|gekauft|aufgegeben",
        "es": "pedid[oa]s?|encargad[oa]s?|comprad[oa]s?"
        "|realizad[oa]s?|hecho (?:el|su|tu) pedido",
        "es1": "pedí|encargué|compré|hice (?:el|su|tu) pedido",
        "fr": "commandée?s?|achetée?s?|passé (?:la|votre|ta|une) commande",
        "pt": "pedid[oa]s?|encomendad[oa]s?|comprad[oa]s?|feito (?:o|seu) pedido",
        "pt1": "pedi|encomendei|comprei|fiz (?:o|seu|um) (?:seu )?pedido",
        "id": "memesan(?:kan)?|membeli(?:kan)?|order(?:kan)?",
        "id1": "dipesan(?:kan)?|dibeli(?:kan)?|diorder",
        "hi": "ऑर्डर|ख़रीद|खरीद",
        "ar": "طلب|شراء",
        "ar1": "طلب(?:ت|نا)|اشتري(?:ت|نا)",
    },
    "cancel": {
        "stems": "cancel|annul|stornier|storno|absag|kündig|batal|membatal|रद्द|कैंसिल"
        "|الغاء|الغ",
        "en": "cancell?ed|called off",
        "inf": "cancel|call off",
        "de": "storniert|abgesagt|gekündigt|annulliert",
        "es": "cancelad[oa]s?|anulad[oa]s?",
        "es1": "cancelé|anulé",
        "fr": "annulée?s?|résiliée?s?",
        "pt": "cancelad[oa]s?|anulad[oa]s?",
        "pt1": "cancelei|anulei",
        "id": "membatalkan|batalkan",
        "id1": "dibatalkan|batal",
        "hi": "रद्द|कैंसिल|कैंसल",
        "ar": "الغاء",
        "ar1": "الغي(?:ت|نا)",
    },
    "change": {
        "stems": "chang|updat|modif|mov|reschedul|edit|manag|adjust|set|änder|ander"
        "|verschieb|umbuch|verleg|anpass|cambi|actualiz|mover|reprogram|déplac"
        "|report|alter|atualiz|remarc|ubah|mengubah|ganti|mengganti|pindah|बदल|अपडेट"
        "|تغيير|تعديل|عدل|غير|تحديث",
        "en": "changed|updated|moved|rescheduled|modified|adjusted|amended|postponed"
        "|rebooked|switched",
        "inf": "change|update|move|reschedule|modify|adjust|postpone",
        "de": "geändert|verschoben|umgebucht|verlegt|aktualisiert|angepasst",
        "es": "cambiad[oa]s?|modificad[oa]s?|actualizad[oa]s?|reprogramad[oa]s?"
        "|movid[oa]s?|aplazad[oa]s?",
        "es1": "cambié|modifiqué|actualicé|reprogramé|moví|aplacé",
        "fr": "modifiée?s?|changée?s?|déplacée?s?|reportée?s?|mis(?:e|es)? à jour"
        "|décalée?s?",
        "pt": "alterad[oa]s?|mudad[oa]s?|atualizad[oa]s?|remarcad[oa]s?"
        "|reagendad[oa]s?|adiad[oa]s?",
        "pt1": "alterei|mudei|atualizei|remarquei|reagendei|adiei",
        "id": "mengubah|mengganti|memindahkan|memperbarui|ubah|ganti|pindahkan",
        "id1": "diubah|diganti|dipindahkan|diperbarui|dijadwalkan ulang",
        "hi": "बदल|अपडेट|परिवर्तित|संशोधित",
        "ar": "تغيير|تعديل|تحديث|نقل|تاجيل",
        "ar1": "غير(?:ت|نا)|عدل(?:ت|نا)|حدث(?:ت|نا)",
    },
    "send": {
        "stems": "send|email|mail|ship|schick|send|versend|verschick|envi|mand|expédi"
        "|kirim|mengirim|भेज|ارسال|ارسل",
        "en": "(?:re)?sent|e ?mailed|shipped|dispatched|mailed",
        "inf": "send|email|ship",
        "de": "gesendet|geschickt|versandt|verschickt|zugeschickt|abgeschickt"
        "|versendet|zugesandt",
        "es": "enviad[oa]s?|mandad[oa]s?",
        "es1": "envié|mandé",
        "fr": "envoyée?s?|expédiée?s?",
        "pt": "enviad[oa]s?|mandad[oa]s?",
        "pt1": "enviei|mandei",
        "id": "mengirim(?:kan)?|kirim(?:kan)?",
        "id1": "dikirim(?:kan)?",
        "hi": "भेज",
        "ar": "ارسال",
        "ar1": "ارسل(?:ت|نا)",
    },
    "pay": {
        "stems": "pay|charg|debit|bezahl|zahl|abbuch|pag|cobr|pai?y|bayar|membayar"
        "|भुगतान|دفع|سداد",
        "en": "paid|charged|debited",
        "inf": "pay|charge",
        "de": "bezahlt|abgebucht|belastet|überwiesen",
        "es": "pagad[oa]s?|cobrad[oa]s?",
        "es1": "pagué|cobré",
        "fr": "payée?s?|débitée?s?|réglée?s?",
        "pt": "pag[oa]s?|cobrad[oa]s?",
        "pt1": "paguei|cobrei",
        "id": "membayar(?:kan)?|bayar(?:kan)?",
        "id1": "dibayar(?:kan)?",
        "hi": "भुगतान",
        "ar": "دفع|سداد",
        "ar1": "دفع(?:ت|نا)",
    },
    "refund": {
        "stems": "refund|reimburs|erstatt|reembols|rembours|estorn|refund|वापस|रिफंड"
        "|استرداد",
        "en": "refunded|reimbursed|issued (?:a|the|your) refund",
        "inf": "refund|reimburse",
        "de": "erstattet|zurückerstattet|rückerstattet",
        "es": "reembolsad[oa]s?|devuelt[oa]s?",
        "es1": "reembolsé|devolví",
        "fr": "remboursée?s?",
        "pt": "reembolsad[oa]s?|estornad[oa]s?",
        "pt1": "reembolsei|estornei",
        "id": "mengembalikan|merefund",
        "id1": "dikembalikan|direfund",
        "hi": "रिफंड|वापस",
        "ar": "استرداد|رد المبلغ",
        "ar1": "رد(?:دت|دنا)",
    },
    "create": {
        "stems": "creat|add|regist|subscrib|enrol|sign|open|submit|anleg|erstell|anmeld"
        "|hinzufüg|eintrag|crea|añad|agreg|inscri|ajout|inscrir|cri|adicion|inscrev"
        "|cadastr|buat|membuat|tambah|daftar|जोड़|बना|पंजीकृत|اضاف|انشاء|تسجيل",
        "en": "created|added|registered|subscribed|enrolled|submitted"
        "|signed you up|set up",
        "inf": "create|add|register|subscribe|enrol",
        "de": "angelegt|erstellt|hinzugefügt|angemeldet|registriert|eingerichtet",
        "es": "cread[oa]s?|añadid[oa]s?|agregad[oa]s?|registrad[oa]s?|inscrit[oa]s?",
        "es1": "creé|añadí|agregué|registré|inscribí",
        "fr": "créée?s?|ajoutée?s?|enregistrée?s?|inscrit(?:e|es|s)?",
        "pt": "criad[oa]s?|adicionad[oa]s?|registrad[oa]s?|inscrit[oa]s?"
        "|cadastrad[oa]s?",
        "pt1": "criei|adicionei|registrei|inscrevi|cadastrei",
        "id": "membuat(?:kan)?|menambah(?:kan)?|mendaftarkan|mencatat",
        "id1": "dibuat(?:kan)?|ditambahkan|didaftarkan|dicatat",
        "hi": "जोड़|बना|पंजीकृत|रजिस्टर|दर्ज",
        "ar": "اضافة|انشاء|تسجيل",
        "ar1": "اضف(?:ت|نا)|انشا(?:ت|نا)|سجل(?:ت|نا)",
    },
    "delete": {
        "stems": "delet|remov|unsubscrib|lösch|entfern|abmeld|elimin|borr|quit|supprim"
        "|désinscri|remov|exclu|apag|hapus|menghapus|हटा|حذف|احذف",
        "en": "deleted|removed|unsubscribed",
        "inf": "delete|remove|unsubscribe",
        "de": "gelöscht|entfernt|abgemeldet",
        "es": "eliminad[oa]s?|borrad[oa]s?|quitad[oa]s?",
        "es1": "eliminé|borré|quité",
        "fr": "supprimée?s?|retirée?s?|effacée?s?",
        "pt": "excluíd[oa]s?|apagad[oa]s?|removid[oa]s?",
        "pt1": "excluí|apaguei|removi",
        "id": "menghapus|hapus",
        "id1": "dihapus",
        "hi": "हटा|डिलीट",
        "ar": "حذف|ازالة",
        "ar1": "حذف(?:ت|نا)|ازل(?:ت|نا)",
    },
    "save": {
        "stems": "save|stor|record|speicher|hinterleg|guard|enregistr|salv|guard|simpan"
        "|menyimpan|सहेज|सेव|حفظ|احفظ",
        "en": "saved|stored|recorded",
        "inf": "save|store|record",
        "de": "gespeichert|hinterlegt|vermerkt",
        "es": "guardad[oa]s?|registrad[oa]s?",
        "es1": "guardé|registré",
        "fr": "enregistrée?s?|sauvegardée?s?",
        "pt": "salv[oa]s?|guardad[oa]s?|registrad[oa]s?",
        "pt1": "salvei|guardei|registrei",
        "id": "menyimpan|simpan|mencatat",
        "id1": "disimpan|dicatat",
        "hi": "सहेज|सेव|दर्ज",
        "ar": "حفظ",
        "ar1": "حفظ(?:ت|نا)",
    },
    "confirm": {
        "stems": "confirm|bestätig|konfirmasi|mengonfirmasi|पुष्टि|تاكيد|اكد",
        "en": "confirmed|finali[sz]ed",
        "inf": "confirm",
        "de": "bestätigt",
        "es": "confirmad[oa]s?",
        "es1": "confirmé",
        "fr": "confirmée?s?",
        "pt": "confirmad[oa]s?",
        "pt1": "confirmei",
        "id": "mengonfirmasi|mengkonfirmasi|konfirmasi",
        "id1": "dikonfirmasi",
        "hi": "कन्फर्म|कंफर्म|पक्क[ाीे]|पुष्ट",
        "ar": "تاكيد",
        "ar1": "اكد(?:ت|نا)",
    },
}
# What is confirmed is made: whoever books or orders says either.
CONFIRMED = ("book", "order", "create", "change")
