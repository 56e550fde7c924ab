"""What commands are called in each language.

Bare words are a whole message of nothing else, and none that a customer may say of
their own business with a shop: `cancel`, `end`, `quit`, `info`, `new`, `reset`, and in
Spanish `baja` and `alto` (low, high), are for the LLM. An operator whose law says
otherwise adds and takes out words by STOP_WORDS and START_WORDS.
"""

# No more messages.
STOP = {
    "en": (
        "stop all", "stopall", "unsubscribe", "unsubscribe me", "revoke", "opt out",
        "opt-out", "optout", "opt me out", "stop messages", "stop messaging me",
        "stop texting me", "stop writing me", "no more messages",
    ),
    "es": (
        "parar", "detener", "darme de baja", "darse de baja", "dar de baja",
        "date de baja", "desuscribir", "desuscribirme", "desuscribirse",
        "cancelar suscripción", "cancelar la suscripción", "no más mensajes",
        "no quiero más mensajes", "parar mensajes", "detener mensajes",
    ),
    "pt": (
        "sair", "pare", "descadastrar", "descadastre-me", "me descadastre",
        "cancelar inscrição", "cancelar assinatura", "cancelar subscrição",
        "não quero mais mensagens", "sem mais mensagens", "parar mensagens",
        "remover da lista",
    ),
    "de": (
        "stopp", "abmelden", "abbestellen", "austragen", "keine nachrichten mehr",
        "keine weiteren nachrichten", "nachrichten stoppen",
    ),
    "fr": (
        "arrêt", "arrêter", "arrêtez", "désabonner", "désabonnez-moi",
        "me désabonner", "se désabonner", "désabonnement", "désinscrire",
        "me désinscrire", "désinscription", "plus de messages",
    ),
    "id": (
        "berhenti", "hentikan", "berhenti berlangganan", "hentikan pesan",
        "stop pesan", "jangan kirim pesan lagi",
    ),
    "hi": (
        "रोकें", "रोको", "रुको", "रुकें", "स्टॉप", "अनसब्सक्राइब", "सदस्यता रद्द करें",
        "सदस्यता समाप्त करें", "संदेश बंद करें", "संदेश बंद करो", "मैसेज बंद करो",
        "मैसेज बंद करें", "message band karo",
    ),
    "ar": (
        "توقف", "قف", "إيقاف", "ستوب", "إلغاء الاشتراك", "الغ الاشتراك",
        "ألغ الاشتراك", "إيقاف الرسائل", "أوقف الرسائل", "أوقفوا الرسائل",
        "توقف عن المراسلة", "لا أريد رسائل",
    ),
}  # fmt: skip
# Messages again. "yes", "continue" and "start over" are no consent: they may mean
# anything, and what a person agreed to must be plain.
START = {"en": ("unstop",)}
# The same, from somebody who stopped: who did not may begin anything of their own.
START_AGAIN = {
    "en": (
        "start again", "start messages", "subscribe", "subscribe me", "opt in",
        "opt-in", "optin", "opt me in",
    ),
    "es": (
        "empezar", "comenzar", "iniciar", "reiniciar", "activar mensajes",
        "suscribirme", "suscribirse", "darme de alta", "reanudar mensajes",
    ),
    "pt": (
        "começar", "ativar mensagens", "inscrever", "inscrever-me", "me inscrever",
        "voltar a receber",
    ),
    "de": ("starten", "anmelden", "wieder anmelden", "nachrichten wieder"),
    "fr": (
        "démarrer", "commencer", "recommencer", "réabonner", "me réabonner",
        "m'abonner", "s'abonner",
    ),
    "id": ("mulai", "mulai lagi", "berlangganan", "berlangganan lagi"),
    "hi": ("शुरू", "शुरू करें", "शुरू करो", "स्टार्ट", "सदस्यता लें"),
    "ar": ("ابدأ", "ابدأ من جديد", "بدء", "اشترك", "اشتراك", "ستارت"),
}  # fmt: skip

# These have their slash.
NEW = {
    "en": ("clear", "reset", "start over"),
    "es": ("nuevo",),
    "pt": ("novo",),
    "de": ("neu",),
    "fr": ("nouveau",),
    "id": ("baru",),
    "hi": ("नया",),
    "ar": ("جديد",),
}
HELP = (
    "ayuda", "ajuda", "hilfe", "aide", "bantuan", "मदद", "सहायता", "مساعدة",
)  # fmt: skip
HUMAN = {
    "es": ("humano", "persona"),
    "pt": ("humano", "pessoa"),
    "de": ("mensch",),
    "fr": ("humain",),
    "id": ("manusia",),
    "hi": ("इंसान",),
    "ar": ("إنسان",),
}
SETTINGS = {
    "en": ("preferences",),
    "es": ("ajustes",),
    "pt": ("configurações",),
    "de": ("einstellungen",),
    "fr": ("réglages",),
    "id": ("pengaturan",),
    "hi": ("सेटिंग",),
    "ar": ("الإعدادات", "إعدادات"),
}
