"""Yes and no, alone, in every language that the bot speaks."""

from bot.chat.commands.dress import as_word

YES = frozenset(map(as_word, (
    "yes", "yeah", "yep", "yes do", "sure", "ok", "okay", "confirm", "confirmed",
    "go ahead", "do it", "yes go ahead", "correct",
    "sí", "si", "sí claro", "claro", "vale", "dale", "confirmo", "confirmar",
    "correcto", "de acuerdo", "sim", "claro que sim", "pode", "pode ser", "certo",
    "isso", "ja", "ja gerne", "gerne", "jawohl", "jo", "passt", "bestätigen", "genau",
    "oui", "ouais", "d'accord", "bien sûr", "confirmer", "je confirme",
    "ya", "iya", "ya boleh", "boleh", "setuju", "baik", "betul",
    "हाँ", "हां", "जी", "जी हाँ", "हाँ जी", "ठीक है", "haan", "ha", "han ji",
    "نعم", "اي", "أيوه", "ايوه", "أجل", "تمام", "موافق", "حسنا", "أكيد",
)))  # fmt: skip
NO = frozenset(map(as_word, (
    "no", "nope", "nah", "cancel", "don't", "do not", "no thanks", "no thank you",
    "not now", "never mind", "no gracias", "cancelar", "mejor no", "todavía no",
    "não", "nao", "não obrigado", "não obrigada", "agora não", "melhor não",
    "nein", "nö", "nee", "nein danke", "abbrechen", "lieber nicht", "doch nicht",
    "non", "non merci", "annuler", "pas maintenant",
    "tidak", "tidak usah", "nggak", "gak", "jangan", "batal", "batalkan",
    "नहीं", "नही", "ना", "जी नहीं", "रद्द करें", "nahi", "nahin",
    "لا", "لا شكرا", "كلا", "الغاء", "إلغاء", "ليس الآن",
)))  # fmt: skip
# Where these come first, nothing is done, whatever follows.
NO_AT_FIRST = frozenset(map(as_word, (
    "no", "nope", "não", "nao", "nein", "nee", "non", "tidak", "jangan", "नहीं", "नही",
    "لا", "كلا", "stop", "wait", "warte", "espera", "espere", "attends", "attendez",
    "tunggu", "रुको", "रुकिए", "انتظر",
)))  # fmt: skip
