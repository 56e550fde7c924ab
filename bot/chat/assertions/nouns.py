"""What was done as a noun: "your cancellation is complete", "I made the change".

`{noun}` are those of an act, in words.py's order of languages.
"""

from collections.abc import Mapping

NOUNS: Mapping[str, Mapping[str, str]] = {
    "book": {
        "en": "booking|reservation|appointment",
        "de": "buchung|reservierung|terminvereinbarung",
        "es": "reserva|reservación|cita",
        "fr": "réservation|rendez vous",
        "pt": "reserva|agendamento",
        "id": "reservasi|pemesanan|janji temu",
        "hi": "बुकिंग|आरक्षण|अपॉइंटमेंट",
        "ar": "حجز",
    },
    "order": {
        "en": "order|purchase",
        "de": "bestellung",
        "es": "pedido|compra",
        "fr": "commande|achat",
        "pt": "pedido|compra",
        "id": "pesanan|pembelian",
        "hi": "ऑर्डर",
        "ar": "طلب",
    },
    "cancel": {
        "en": "cancell?ation",
        "de": "stornierung|kündigung|absage",
        "es": "cancelación|anulación",
        "fr": "annulation|résiliation",
        "pt": "cancelamento",
        "id": "pembatalan",
        "hi": "रद्दीकरण",
        "ar": "الغاء",
    },
    "change": {
        "en": "changes?|update|modification|rescheduling",
        "de": "änderung|umbuchung|verschiebung|terminänderung",
        "es": "cambio|modificación|actualización",
        "fr": "modification|changement|mise à jour",
        "pt": "alteração|mudança|atualização",
        "id": "perubahan",
        "hi": "बदलाव|परिवर्तन",
        "ar": "تغيير|تعديل",
    },
    "pay": {
        "en": "payment",
        "de": "zahlung|bezahlung|überweisung",
        "es": "pago",
        "fr": "paiement|règlement",
        "pt": "pagamento",
        "id": "pembayaran",
        "hi": "भुगतान",
        "ar": "دفع",
    },
    "refund": {
        "en": "refund|reimbursement",
        "de": "erstattung|rückerstattung",
        "es": "reembolso|devolución",
        "fr": "remboursement",
        "pt": "reembolso|estorno",
        "id": "pengembalian dana|refund",
        "hi": "रिफंड",
        "ar": "استرداد",
    },
    "create": {
        "en": "registration|subscription|request|ticket",
        "de": "anmeldung|registrierung|anfrage",
        "es": "registro|inscripción|solicitud",
        "fr": "inscription|demande",
        "pt": "cadastro|inscrição|solicitação",
        "id": "pendaftaran|permintaan",
        "hi": "पंजीकरण|अनुरोध",
        "ar": "تسجيل",
    },
}
_ADV = r"(?: [^ ]+){0,3}?"
DONE: Mapping[str, str] = {
    "en": r"\bi(?: have| ve)?(?: now| just| also| already){0,2} (?:made|processed"
    r"|completed|submitted|put in|issued|placed)(?: (?:a|an|the|your|that|this|new))+"
    r" {noun}\b"
    r"|\b(?:your|the) {noun}(?: [^ ]+){0,4}? (?:has been|is|was|s)"
    r"(?: now| all| successfully){0,2} (?:confirmed|completed?|processed|made"
    r"|done|finali[sz]ed|successful)\b"
    r"(?! (?:by|when|after|once|within|only|as|each|if|in)\b)"
    r"|^{noun} (?:confirmed|completed?|successful)\b",
    "de": rf"\b(?:ihre?|deine?|die) {{noun}}{_ADV} (?:wurde|ist){_ADV}"
    r" (?:durchgeführt|ausgeführt|abgeschlossen|vorgenommen|bestätigt|veranlasst)$"
    rf"|\bich habe{_ADV} {{noun}}{_ADV} (?:durchgeführt|vorgenommen|veranlasst"
    r"|abgeschlossen)\b",
    "es": rf"\b(?:su|tu|la|el) {{noun}}{_ADV} (?:ha sido|fue|quedó|está|queda){_ADV}"
    r" (?:realizad|hech|completad|procesad|efectuad|confirmad)[oa]\b(?! por )"
    r"|\bhe (?:realizado|hecho|procesado|completado|tramitado)(?: [^ ]+){1,2} {noun}\b"
    r"|^{noun} (?:realizad|completad|procesad|efectuad|confirmad)[oa]\b",
    "fr": rf"\b(?:votre|ta|la|le|l) ?{{noun}}{_ADV} (?:a(?: bien)? été|est(?: bien)?)"
    r" (?:effectuée?|faite?|traitée?|enregistrée?|validée?|confirmée?)\b(?! par )"
    r"|\bj ai(?: bien)? (?:effectué|fait|traité|validé)(?: [^ ]+){1,2} {noun}\b",
    "pt": rf"\b(?:sua|seu|a|o) {{noun}}{_ADV} (?:foi|está|ficou){_ADV}"
    r" (?:realizad|feit|concluíd|processad|efetuad|confirmad)[oa]\b(?! por )"
    r"|\b(?:fiz|realizei|concluí|processei)(?: [^ ]+){1,2} {noun}\b"
    r"|^{noun} (?:realizad|feit|concluíd|processad|efetuad|confirmad)[oa]\b",
    "id": r"\b{noun}(?: [^ ]+){0,4}? (?:telah|sudah|berhasil)(?: berhasil)?"
    r" (?:dibuat|diproses|dilakukan|diselesaikan|dikonfirmasi)\b",
    "hi": r"(?:^| )आपक[ाीे](?: [^ ]+){0,4}? {noun}(?: सफलतापूर्वक| अब| सफल)?"
    r" (?:हो (?:गया|गई|गयी|चुका|चुकी)|पूरा हो गया|पूरी हो गई)(?= |$)",
    "ar": r"(?:^| ){noun}(?:ك|كم)(?: الان)? (?:مؤكد|مؤكدة|ملغى|تم)(?= |$)",
}
# That whatever was asked for was done, by us.
DID_ALL = r"""
\bi(?: have| ve)? (?:taken care of|done) (?:it|that|this|everything)\b
|\bich habe? (?:das|es|alles|dies)(?: für (?:sie|dich))? erledigt\b
|\b(?:ya )?lo he hecho\b|\bya lo hice\b|\bme he encargado\b
|\bje l ai fait\b|\bje m en suis (?:occupée?|chargée?)\b
|\bjá (?:fiz isso|resolvi)\b|\bsudah saya (?:lakukan|kerjakan|urus)\b
|मैंने यह कर दिया|\bلقد قمت بذلك\b
"""
