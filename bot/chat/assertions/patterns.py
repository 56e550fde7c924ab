"""Sentences by which the eight languages claim that something was done.

`{en}`, `{es1}` … stand for the forms of an act: see words.py. `W` is any word. What the
business did to itself ("we have changed our menu") is none: who says "we" has to speak
of the user's.
"""

from collections.abc import Mapping

W = r"(?: [^ ]+)"
EN_ADV = r"(?: (?:now|just|also|already|successfully|hereby|gone ahead and|then|all))"
EN_LATER = (
    r"(?! (?:by|when|after|once|within|only|automatically|as|each|every|if|unless"
    r"|before|on arrival|upon|with|via|at the|out)\b)"
)
EN_THINGS = (
    r"(?:table|appointment|booking|reservation|order|slot|room|seat|delivery|pickup"
    r"|subscription|ticket|request|address|payment|invoice|e ?mail|e mail|confirmation"
    r"|refund|visit|call|meeting)"
)
DE_W = r"(?: (?!mein|unser)[^ ]+)"
DE_THINGS = (
    r"(?:tisch|termin|reservierung|buchung|bestellung|zimmer|lieferung|platz|adresse"
    r"|anfrage|rechnung|e mail|mail|bestätigung|auftrag|abo|zahlung)"
)
ES_ADV = r"(?: (?:ya|bien|correctamente|con éxito|exitosamente|ahora))"
ES_THINGS = (
    r"(?:mesa|cita|reserva|reservación|pedido|orden|habitación|entrega|dirección"
    r"|solicitud|factura|correo|confirmación|suscripción|plaza|pago)"
)
FR_ADV = r"(?: (?:bien|déjà|donc|aussi|également|maintenant|désormais|immédiatement))"
FR_THINGS = (
    r"(?:table|rendez vous|réservation|commande|chambre|livraison|adresse|demande"
    r"|facture|e mail|mail|confirmation|place|abonnement|paiement)"
)
PT_ADV = r"(?: (?:já|bem|com sucesso|agora))"
PT_THINGS = (
    r"(?:mesa|consulta|horário|reserva|pedido|quarto|entrega|endereço|solicitação"
    r"|fatura|e mail|confirmação|assinatura|pagamento|agendamento)"
)
ID_DONE = r"(?:sudah berhasil|telah berhasil|baru saja|sudah|telah|berhasil)"
ID_YOURS = r"(?:anda|kamu|kakak|kak|bapak|ibu|[^ ]+mu)"
HI_DID = r"(?:(?: कर| करवा)? (?:दिया|दी|दिए|दीं|लिया|ली)| किया| की|ने की पुष्टि की)"
HI_WAS = (
    r"(?: हो (?:गया|गई|गयी|गए|चुका|चुकी)"
    r"|(?: कर)? (?:दिया|दी|दिए) (?:गया|गई|गयी|गए)| (?:किया|की) (?:गया|गई|गयी)"
    r"| ?(?:है)? (?:कर दी|कर दिया) है)"
)
AR_YOURS = r"(?:لك|لكم|باسمك|باسمكم|[^ ]{2,}(?:ك|كم))"
AR_THINGS = r"(?:ال(?:حجز|موعد|طلب|طاولة|عنوان|دفع|اشتراك|رسالة|بريد|فاتورة))"

# I did, or we did it for you.
OWN: Mapping[str, str] = {
    "en": rf"\bi(?: have| ve)?{EN_ADV}{{0,3}} {{en}}\b"
    r"(?! (?:my|our|by|up|the subject|the topic)\b)"
    r"|\bi (?:was able to|have been able to|managed to) {inf}\b(?! (?:my|our)\b)"
    r"|\bi went ahead and {en}\b"
    rf"|\bwe(?: have| ve)?{EN_ADV}{{0,3}} {{en}}\b(?! our\b)"
    rf"(?={W}{{0,3}}? (?:you|your|yours|it)\b)",
    "de": rf"\bich habe?{DE_W}{{0,14}}? {{de}}\b|\bhabe ich{DE_W}{{0,14}}? {{de}}\b"
    r"|^(?=.*\b(?:sie|ihnen|ihre?[nmrs]?|dich|dir|deine?[nmrs]?)\b)"
    rf".*\b(?:wir haben|haben wir){DE_W}{{0,14}}? {{de}}\b",
    "es": rf"\bhe{ES_ADV}? {{es}}\b(?! (?:mi|nuestr))|\b{{es1}}\b(?! (?:mi|nuestr))"
    r"|^(?=.*\b(?:te|le|les|os|sus?|tus?|usted|ti)\b)"
    rf".*\bhemos{ES_ADV}? {{es}}\b(?! nuestr)",
    "fr": rf"\bj(?:e(?: (?:vous|te|t|lui|l|les|la|le))+)? ai{FR_ADV}{{0,2}} {{fr}}\b"
    r"(?! (?:mon|ma|mes|notre|nos)\b)"
    r"|^(?=.*\b(?:vous|te|t|votre|vos|ta|ton|tes|l)\b)"
    rf".*\bnous(?: (?:vous|te|t|l|les))* avons{FR_ADV}{{0,2}} {{fr}}\b"
    r"(?! (?:notre|nos)\b)",
    "pt": r"\b{pt1}\b(?! (?:minha|meu|nossa|nosso))|\btenho {pt}\b"
    r"|\bacabei de (?:reservar|cancelar|pedir|enviar|alterar|agendar|marcar)\b",
    "id": rf"\bsaya{W}{{0,2}}? {ID_DONE}{W}{{0,2}}? {{id}}\b"
    rf"|^(?=.*\b{ID_YOURS}\b).*\bkami{W}{{0,2}}? {ID_DONE}{W}{{0,2}}? {{id}}\b"
    rf"|\b{ID_DONE} saya{W}{{0,1}}? {{id}}\b",
    "hi": rf"(?:^| )मैंने{W}{{0,10}}? {{hi}}{HI_DID}(?= |$)"
    rf"|^(?=.*आप).*(?:^| )हमने{W}{{0,10}}? {{hi}}{HI_DID}(?= |$)",
    "ar": r"\bلقد {ar1}\b|\b(?:ف|و)?{ar1} لك"
    rf"|\bقم(?:ت|نا){W}? ب(?:ال)?{{ar}}",
}
# It was done, whoever did it.
STATED: Mapping[str, str] = {
    "en": rf"\byour{W}{{1,5}}? (?:has|have|s){EN_ADV}{{0,2}} been{EN_ADV}{{0,2}}"
    r" {en}\b(?! by\b)"
    rf"|\byour{W}{{1,5}}? (?:was|were){EN_ADV}{{0,2}} {{en}}\b(?! by\b)"
    rf"|\byour{W}{{1,5}}? (?:is|are){EN_ADV}{{1,2}} {{en}}\b{EN_LATER}"
    rf"|\byour{W}{{1,5}}? (?:is|are) {{en}}(?: now)?$"
    rf"|\byour{W}{{1,5}}? is (?=(?:booked|reserved|scheduled|confirmed|cancelled)\b)"
    rf"{{en}}{EN_LATER}(?= (?:for|at|on|under)\b)"
    rf"|\b(?:it|this|that|everything) (?:has{EN_ADV}? been|is now){EN_ADV}? {{en}}\b"
    r"(?:$| (?:now|for|under|to|in your)\b)"
    r"|\b(?:it|everything) (?:s|is)(?: now| all)? {en}(?: now)?$"
    rf"|\b(?:the|an?|both|one)(?: [^ ]+)? {EN_THINGS}s?{W}{{0,3}}?"
    rf" (?:has|have){EN_ADV}? been{EN_ADV}? {{en}}\b(?! by\b)"
    rf"|\b(?:the|an?)(?: [^ ]+)? {EN_THINGS}{W}{{0,3}}? (?:is|was|s)"
    rf"{EN_ADV}{{0,2}} {{en}}{W}{{0,4}}? (?:for you|in your name|under)\b"
    rf"|\byou (?:are|re){EN_ADV}? (?=(?:booked|scheduled|registered|subscribed|enrolled"
    rf"|confirmed)\b){{en}}(?: in)? (?:for|on|at|under)\b"
    rf"|\b(?:the|an?)(?: [^ ]+)? {EN_THINGS}{W}{{0,3}}? is now {{en}}\b",
    "de": rf"\b(?:ihre?[nmrs]?|deine?[nmrs]?) {DE_THINGS}{W}{{0,4}}?"
    rf" (?:wurden?|ist|sind){W}{{0,10}}? {{de}}\b"
    r"(?: worden)?(?:$|(?= für | auf | unter ))"
    rf"|\b(?:ihre?|deine?){W}{{1,4}}? wurden?{W}{{0,8}}? {{de}}\b"
    rf"|\b(?:der|die|das|eine?)(?: [^ ]+)? {DE_THINGS}{W}{{0,5}}? wurden?{W}{{0,8}}?"
    r" {de}\b"
    rf"|\b(?:der|die|das|eine?)(?: [^ ]+)? {DE_THINGS}{W}{{0,5}}? ist{W}{{0,5}}?"
    rf" (?:für (?:sie|dich)|auf ihren namen|auf deinen namen){W}{{0,5}}? {{de}}\b"
    r"|\b(?:es|das|alles) (?:ist|wurde)(?: nun| jetzt| bereits| alles)? {de}$",
    "es": rf"\b(?:su|tu|sus|tus){W}{{1,5}}?{ES_ADV}? (?:ha sido|han sido|fue|fueron"
    rf"|está|están|queda|quedan|quedó|quedaron|ha quedado){ES_ADV}{{0,2}} {{es}}\b"
    r"(?! por )"
    rf"|\bse (?:ha|han){ES_ADV}? {{es}}{W}{{0,2}}? (?:su|tu|sus|tus)\b"
    rf"|\b(?:la|el|una|un)(?: [^ ]+)? {ES_THINGS}{W}{{0,4}}? (?:ha sido|fue|quedó"
    rf"|ha quedado|queda){ES_ADV}? {{es}}\b(?! por )"
    r"|\b(?:todo )?(?:ya está|está todo|todo está|queda|ha quedado) {es}$",
    "fr": rf"\b(?:votre|vos|ta|ton|tes){W}{{1,5}}? (?:a|ont){FR_ADV}* été{FR_ADV}*"
    r" {fr}\b(?! par )"
    rf"|\b(?:votre|vos|ta|ton|tes){W}{{1,5}}? (?:est|sont){FR_ADV}+ {{fr}}\b(?! par )"
    rf"|\b(?:votre|vos|ta|ton|tes){W}{{1,5}}? (?:est|sont) {{fr}}$"
    rf"|\b(?:votre|ta|ton){W}{{1,5}}? est (?=(?:réserv|annul|confirm|planif)){{fr}}"
    r" (?:pour|à|au nom)\b"
    rf"|\b(?:la|le|l|une?)(?: [^ ]+)? ?{FR_THINGS}{W}{{0,4}}? a{FR_ADV}* été{FR_ADV}*"
    r" {fr}\b(?! par )"
    rf"|\b(?:la|le|l|une?)(?: [^ ]+)? ?{FR_THINGS}{W}{{0,4}}? est{FR_ADV}+ {{fr}}\b"
    rf"|\bc est{FR_ADV}* {{fr}}\b",
    "pt": rf"\b(?:sua|seu|suas|seus|tua|teu){W}{{1,5}}?{PT_ADV}? (?:foi|foram|está"
    rf"|estão|ficou){PT_ADV}* {{pt}}\b(?! por )"
    rf"|\b(?:a|o|uma|um)(?: [^ ]+)? {PT_THINGS}{W}{{0,4}}?{PT_ADV}? (?:foi|ficou)"
    rf"{PT_ADV}* {{pt}}\b(?! por )"
    r"|\bjá (?:reservamos|cancelamos|enviamos|alteramos|agendamos|marcamos)\b"
    rf"{W}{{0,2}}? (?:sua|seu|você)\b"
    r"|\b(?:tudo|já) está {pt}$",
    "id": rf"\b{ID_YOURS}{W}{{0,4}}? {ID_DONE}{W}{{0,2}}? {{id1}}\b"
    r"|\b(?:sudah|telah) saya (?:pesan|batalkan|kirim|ubah|jadwalkan)(?:kan)?\b"
    rf"|\batas nama {W}{{1,5}}? {ID_DONE} {{id1}}\b",
    "hi": rf"(?:^| )(?:आपक[ाीे]|आपके लिए){W}{{0,8}}? {{hi}}{HI_WAS}(?= |$)"
    rf"|(?:^| )आपक[ाीे]{W}{{1,6}}? {{hi}} है$",
    "ar": r"\bتمت? (?:عملية )?{ar}(?:ك|كم)(?= |$)"
    rf"|\bتمت? (?:عملية )?{{ar}}(?:{W}{{0,4}}? {AR_YOURS}(?= |$)| {AR_THINGS})"
    rf"|\bتمت? (?:عملية )?(?:ال){{ar}}\b"
    rf"|\bتم{W}{{1,3}}? {{ar}}{W}{{0,3}}? {AR_YOURS}(?= |$)",
}
# A sentence that is hardly more than the word: "Booked!", "Booked: a table for two".
ALONE = (
    r"\W*(?:(?:great|perfect|ok|okay|yes|sure|all|done|super|gut|ja|alles|listo"
    r"|perfecto|sí|ya está|parfait|c'est|oui|pronto|sim|baik|sudah|telah|berhasil"
    r"|prima|schon|ist|order|table|booking|reservation|appointment|bestellung|termin"
    r"|tisch|buchung|pedido|mesa|cita|reserva|commande|rendez-vous)[,!. ]+)*"
    r"(?:WORD)"
    r"(?:\s*(?:[!:.\u2013\u2014\u2705\u0964]|\Z)|\s+-\s| (?:for|für|para|pour|untuk)"
    r"(?: [^\s]+){1,6}\s*+[!.]?\s*+\Z)"
)
WORD_ALONE: Mapping[str, str] = {
    "en": "{en}",
    "de": "{de}",
    "es": "{es}",
    "fr": "{fr}",
    "pt": "{pt}",
    "id": "{id1}",
    "hi": "{hi}(?: हो (?:गया|गई)| कर (?:दिया|दी))",
    "ar": "(?:تم (?:ال)?{ar})",
}
# What alone says that whatever was asked is done.
GENERIC = (
    r"\W*(?:(?:great|perfect|ok|okay|yes|sure|ja|sí|oui|sim|perfecto|parfait)[,!. ]+)*"
    r"(?:(?:it's |it is |all )?done|all set|you're all set|consider it done"
    r"|(?:ist |alles )?erledigt"
    r"|(?:ya está )?(?:hecho|listo)|c'est (?:fait|bon|réglé)|(?:está )?(?:feito|pronto)"
    r"|(?:sudah )?(?:selesai|beres)|हो गया(?: है)?|कर दिया(?: है)?|تم(?: ذلك)?)"
    r"[\s!.\u0964\u2705]*"
)
# Before an assertion in its clause: it is denied, or depends on something.
DENIED = r"""
\b(?:not|haven t|hasn t|wasn t|weren t|isn t|aren t|didn t|never|nothing|nobody|unable
|couldn t|can t|cannot|without|nicht|noch nichts|nichts|kein(?:e|er|en)?|nie|no|nunca
|nada|ninguna?|ningún|sin|pas|rien|jamais|aucune?|sans|não|nenhuma?|sem|belum|tidak
|bukan|tanpa|لم|لا|لن|ليس|لست)\b|नहीं|बिना
"""
OPEN = r"""
\b(?:if|once|when|whenever|whether|unless|until|before|as soon as|in case|should|could
|would|will|may|might|must|can|to have|who|which|wenn|falls|sobald|ob|bevor|sofern
|würde|werde|si|cuando|una vez|en cuanto|quand|lorsque|une fois|dès
|se(?! (?:ha|han)\b)|quando
|assim que|caso|jika|kalau|apabila|setelah|sebelum|bila|ketika|saat|yang|اذا|عندما|لو
|هل|حين|بعد|قبل)\b|अगर|यदि|जब|क्या|के बाद
"""
