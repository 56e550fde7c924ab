"""Answers that promise a person, a call back or a check "later".

Nobody learns of such a promise by prose. So precision comes first here, too: an offer
("shall I pass you on?"), a condition ("if you like, …"), a no ("nobody will call") and
what stands in a document that the answer cites are no promises.
"""

import re
from functools import cache

import regex

from bot.chat.handoff.plain import WORD, plain
from bot.chat.handoff.words import bare
from bot.knowledge.words import fold

# A number in brackets behind a sentence cites for it.
SENTENCE = regex.compile(
    r"[^.!?\u2026\u3002\u0964\u061f\n]*(?:[.!?\u2026\u3002\u0964\u061f]+|\n|\Z)"
    r"(?:[ \t]*\[[\d, \u2013-]+\])*"
)
CITED = regex.compile(r"[\[\u3010]\d")
QUOTED = regex.compile(r"\s*>")
ASKED = "?\u061f"
LONGEST = 1000

# What ends a clause: a no before it says nothing of what stands behind it.
CLAUSE = regex.compile(
    r"[,;:\u2013\u2014\u060c]|\b(?:but|however|so|pero|mas|por[eé]m|aber|doch|mais|ma"
    r"|per[oò]|maar|tapi|namun|tetapi|लेकिन|पर|لكن|ولكن)\b",
    regex.IGNORECASE,
)
# In one clause: it is denied.
DENIED = r"""
\b(?:not|don t|doesn t|can t|cannot|won t|never|nobody|no one|unable|no|nunca|nadie|nao
|ninguem|nicht|kein(?:e|er|en)?|nie|niemand|ne|n|personne ne|jamais|non|nessuno|niet
|geen
|nooit|tidak|bukan|tak|لا|لن|ليس)\b|नहीं|मत
"""
# In a sentence: it depends on what the user says to it. With its accents: "si" is if.
OFFERED = r"""
\b(?:if|unless|would you like|shall i|should i|do you want|want me to|may i|once you
|when you|as soon as you|after you|si|quieres que|quiere que|desea que|deseas que|cuando
|se (?:deseja|quiser|você|preferir|vuoi|vuole|desidera|preferisci)|quer que|deseja que
|caso|wenn|falls|soll ich|sollen wir|sofern|möchten sie|möchtest du|voulez vous|veux tu
|souhaitez vous|dois je|vuoi che|vuole che|desidera che|als (?:je|u)|indien|wil je
|wilt u
|zal ik|jika|kalau|apakah|apabila|bila|अगर|यदि|क्या|إذا|اذا|لو|هل)\b
"""
WHO = r"""(?:(?:a|an|one of our|one of my|our|my|the|another)(?: \w+)? (?:colleagues?
|team|team members?|members? of (?:the|our) (?:team|staff)|staff(?: members?)?|manager
|human|agents?|representatives?|specialists?|experts?|person|people|supervisor|owner
|operators?|advisors?|support(?: team)?|customer service(?: team)?)(?: \w+){0,3}?
|someone(?: \w+){0,4}?|somebody(?: \w+){0,4}?)"""
SOMEONE = r"""(?:(?:a|an|one of our|one of my|another)(?: \w+)? (?:colleagues?
|team members?|members? of (?:the|our) (?:team|staff)|staff members?|manager|human|agent
|representative|specialist|person|supervisor|operator|advisor)(?: \w+){0,3}?|someone
|somebody)"""
ENGLISH = rf"""
{WHO} (?:will|ll|is going to|are going to|shall)(?: \w+){{0,3}}? (?:contact|call
|get back
|reach out|follow up|write to you|reply|respond|be in touch|get in touch|take over
|look into|check|be with you|join|message you|answer you|come back to you|pick this up)
|{SOMEONE} (?:will|ll|is going to)(?: \w+){{0,3}}? (?:help|assist) you
|(?:i|we)(?: ll| will| am going to| m going to| are going to| re going to| shall)
(?: \w+){{0,3}}? (?:get back to you|call you|contact you|follow up|reach out|be in touch
|get in touch|let you know|look into|find out|check with|check (?:this|that|it) with
|check(?: \w+){{0,6}}? (?:and|then) (?:get|let|come|tell)|ask (?:a|my|the|our|someone
|one)
|forward (?:this|it|that|your|you)|escalate|notify|inform (?:the|our|my|a)|alert (?:the
|our)|connect you|transfer you
|put you through|hand (?:you|this)|come back to you|keep you (?:posted|updated|informed)
|pass (?:this|it|that|you|your|on|along)|update you|message you|write to you
|return to you)
|let me (?:check|ask|find out|look)(?: \w+){{0,6}}? (?:get back|let you know|come back)
|let me (?:check|ask) (?:this |that |it )?(?:with )?(?:the|our|my|a) (?:team|colleague
|manager|staff)
|(?:i|we)(?: ve| have| just)?(?: \w+)? ?(?:forwarded|passed|escalated|notified|informed
|alerted|transferred)(?: \w+){{0,6}}? (?:team|colleagues?|staff|manager|agent|support
|owner
|representative|department)
|(?:i am|i m) (?:now )?(?:connecting|transferring|forwarding|passing|escalating)
|you (?:will|ll) (?:soon |shortly )?(?:be contacted|hear (?:back )?from (?:us|our|a|the)
|be called|(?:receive|get) a (?:call|reply|response) from|be connected)
|expect a (?:call|reply|message) from
"""
SPANISH = r"""
(?:un|una|nuestr[oa]|alg(?:un|una)|el|la)(?: \w+)? (?:compañer[oa]|coleg[oa]|colega
|asesora?|agente
|persona|miembro|representante|equipo|encargad[oa]|gerente|operadora?|especialista)
(?: \w+){0,5}? (?:contactara|llamara|escribira|respondera|atendera|comunicara|ayudara
|va a (?:contactar|llamar|escribir|responder|atender|ayudar)\w*|estara en contacto
|revisara)
|alguien(?: \w+){0,4}? (?:contactara|llamara|escribira|respondera|atendera|comunicara)
|(?:te|le|les|os|lo|la) (?:llamaremos|llamare|contactaremos|contactare|escribiremos
|escribire
|avisaremos|avisare|respondere|responderemos|confirmare|confirmaremos|informare
|informaremos|comunico con|paso con|transfiero|conecto con|contactara|llamara)
|(?:nos pondremos|me pondre) en contacto|(?:voy a|vamos a|dejame|permiteme)
(?: \w+){0,6}? (?:y|para) (?:te|le|les) (?:aviso|avisamos|confirmo|respondo|llamo|digo
|cuento)
|(?:consultare|preguntare|verificare|voy a consultar|voy a preguntar|voy a verificar)
(?: \w+){0,6}? (?:equipo|compañer[oa]s?|encargad[oa]|aviso|avisare)
|(?:he|hemos) (?:pasado|enviado|reenviado|notificado|avisado|transferido|informado)
(?: \w+){0,5}? (?:equipo|compañer[oa]s?|asesor|agente|encargad[oa])
"""
PORTUGUESE = r"""
(?:uma?|noss[oa]|algum|alguma|o|a)(?: \w+)? (?:colega|atendente|pessoa|membro
|representante
|equipe|gerente|responsavel|especialista|funcionari[oa]|agente)(?: \w+){0,5}?
 (?:entrara em contato|ligara|respondera|atendera|retornara|vai (?:te |lhe )?(?:ligar
|entrar em contato|responder|atender|retornar|ajudar|falar)|ira (?:entrar|ligar
|responder))
|alguem(?: \w+){0,4}? (?:entrara|vai|ira) (?:te |lhe )?(?:ligar|entrar em contato
|responder
|em contato|retornar|atender)|(?:entraremos|entrarei|vou entrar|vamos entrar) em contato
|(?:ligaremos|retornaremos|retornarei|avisaremos|avisarei|te aviso|lhe aviso|te ligo)
|(?:vou|vamos) (?:te |lhe )?(?:ligar|retornar|avisar|encaminhar|transferir|repassar
|passar (?:voce|seu|sua|para)|conectar voce)
|(?:vou|vamos) (?:verificar|checar|consultar|perguntar)(?: \w+){0,6}? (?:e (?:te|lhe|ja)
|com (?:a|o|minha|meu|nossa|nosso))|(?:encaminhei|repassei|transferi|avisei|notifiquei)
(?: \w+){0,5}? (?:equipe|colega|gerente|responsavel|atendente)
"""
GERMAN = r"""
(?:ich|wir) melden? (?:mich|uns)|(?:ich|wir) (?:rufe|kontaktiere|benachrichtige)n?
 (?:sie|dich)|wir (?:kommen auf (?:sie|dich) zu|geben (?:ihnen
|dir)(?: \w+){0,2} bescheid)
|(?:ich|wir) fragen?(?: \w+){0,8}? (?:nach|kollegen?|kollegin|team)
|(?:ich|wir) (?:klare|prufe)n?(?: \w+){0,8}? und (?:melde|gebe|sage|komme)n?
|(?:ich|wir) (?:leite|gebe)n?(?: \w+){0,8}? weiter|ich kummere mich(?: \w+){0,3} darum
|(?:ich|wir) verbinde[n]? (?:sie|dich)|(?:ich|wir) (?:habe|haben)(?: \w+){0,8}?
 (?:weitergeleitet|weitergegeben|informiert|benachrichtigt)
|(?:ich|wir) (?:werde|werden)(?: \w+){0,8}? (?:nachfragen|melden|zuruckrufen|anrufen
|klaren
|weiterleiten|weitergeben|bescheid geben|kontaktieren|verbinden|informieren
|prufen lassen)
|(?:ein|eine|unser|unsere|jemand|das|einer|der|die)(?: \w+){0,3}? ?(?:kollege|kollegin
|mitarbeiter(?:in)?|team|kundenservice|berater(?:in)?|jemand|aus dem team|kollegen
|chef(?:in)?)
(?: \w+){0,3}? (?:wird|meldet|ruft|kontaktiert|kummert|antwortet|werden)
(?: \w+){0,8}? (?:melden|sich|zuruck|an|kontaktieren|antworten|helfen|sie|ihnen|dir
|dich)
|jemand(?: \w+){0,4}? (?:wird|meldet|ruft|kontaktiert)(?: \w+){0,6}? (?:melden|sich|an
|zuruck)
|(?:sie horen|du horst)(?: \w+)? von uns
"""
FRENCH = r"""
(?:un|une|notre|l|la|le|quelqu un)(?: \w+)? ?(?:collegue|conseillere?|membre|equipe
|agent
|responsable|personne|representant|operateur|collaborateur|quelqu un)?(?: \w+){0,5}?
 (?:vous|te|t) (?:contactera|rappellera|appellera|repondra|ecrira|recontactera|aidera
|(?:va|vont) (?:contacter|rappeler|appeler|repondre|recontacter|ecrire|aider))
|(?:nous|je) (?:vous|te|t) (?:contacterons|contacterai|rappellerons|rappellerai
|recontacterons
|recontacterai|repondrons|tiendrons|tiendrai|tiens|informerai|informerons
|mets en relation
|transfere|recontacte|rappelle)
|(?:nous|je) (?:allons|vais)(?: \w+){0,3}? (?:contacter|rappeler|recontacter|transferer
|mettre en relation|transmettre|revenir vers|verifier aupres|demander a)
|je (?:transmets|transmettrai|reviens vers|reviendrai vers)|nous reviendrons vers
|je verifie(?: \w+){0,6}? (?:et je|aupres)|j ai (?:transmis|transfere|informe|prevenu)
|(?:va|vont) (?:vous|te) (?:contacter|rappeler|recontacter|repondre|appeler|ecrire
|aider)
"""
ITALIAN = r"""
(?:un|una|il|la|nostro|nostra|qualcuno)(?: \w+)? ?(?:collega|operatore|membro|team|staff
|responsabile|addett[oa]|persona|consulente|rappresentante|qualcuno)?(?: \w+){0,5}?
 (?:ti|la|vi|le) (?:contattera|richiamera|chiamera|rispondera|scrivera|aiutera
|ricontattera)
|(?:ti|la|vi|le) (?:contatteremo|ricontatteremo|richiameremo|chiameremo|faremo sapere
|faro sapere|contattero|ricontattero|richiamero|risponderemo|rispondero|aggiornero|passo
|metto in contatto|trasferisco)
|ci metteremo in contatto|mi mettero in contatto|(?:verifico|controllo|chiedo)
(?: \w+){0,6}? (?:e (?:ti|le|vi)|al (?:team|collega|responsabile)|con il team
|ai colleghi)
|(?:inoltro|inoltrero|trasmetto|passero) (?:la|il|le|i|questa|questo)
|ho (?:inoltrato|avvisato|informato|passato|trasmesso)(?: \w+){0,5}? (?:team|collega
|colleghi|responsabile|staff|operatore)
"""
DUTCH = r"""
(?:een|onze|ons|iemand|de|het)(?: \w+)? ?(?:collega|medewerker|team|klantenservice
|iemand
|teamlid|specialist|beheerder)?(?: \w+){0,4}? (?:zal|neemt|belt|gaat)(?: \w+){0,4}?
 (?:contact (?:met|op)|(?:je|u) (?:terug|bellen|helpen|antwoorden|contacteren)
|contact opnemen
|terug|reageren)
|(?:wij|we|ik) (?:nemen|neem|bellen|bel|zullen|zal|laten|laat|komen|kom|gaan|ga)
(?: \w+){0,4}? (?:contact|terug|weten|bij (?:je|u)|contacteren|navragen|doorgeven)
|(?:ik|we|wij) (?:vraag|vragen|controleer|check)(?: \w+){0,6}? (?:na|collega s?|team
|en laat)
|(?:ik|we|wij) (?:verbind|verbinden) (?:je|u) door|(?:ik|we|wij) (?:heb
|hebben)(?: \w+){0,6}?
 (?:doorgestuurd|doorgegeven|geinformeerd)
"""
INDONESIAN = r"""
(?:tim|admin|staf|petugas|rekan|seseorang|agen|manajer
|customer service)(?: \w+){0,4}? akan
(?: \w+){0,2}? (?:menghubungi|menelepon|membalas|membantu|menjawab|segera|mengabari)
|(?:kami|saya|aku) akan(?: \w+){0,2}? (?:menghubungi|menelepon|mengabari|kabari|membalas
|menyampaikan|meneruskan|sampaikan|teruskan|tanyakan|menanyakan|hubungkan|menghubungkan
|hubungi|cek(?: \w+){0,4}? dan|kembali)|(?:saya|kami) (?:sudah|telah)(?: \w+){0,2}?
(?:meneruskan|menyampaikan|teruskan|sampaikan)
"""
HINDI = r"""
(?:टीम|सहकर्मी|प्रतिनिधि|व्यक्ति|कोई|एजेंट|सदस्य|मैनेजर|हम|मैं)(?: \S+){0,6}?
 (?:संपर्क कर(?:ेगा|ेगी|ेंगे|ूंगा|ूँगा|ूंगी)|(?:फोन|कॉल|फ़ोन) कर(?:ेगा|ेगी|ेंगे|ूंगा
|ूँगा)
|जवाब द(?:ेगा|ेगी|ेंगे)|सूचित कर(?:ेगा|ेंगे|ूंगा)|बता(?:ऊंगा|ऊँगा|एंगे|एँगे|ऊंगी)
|(?:पूछ|पता) कर(?:के)?(?: \S+){0,3} बता\S*)
"""
ARABIC = r"""
(?:سوف |س)(?:يتواصل|نتواصل|اتواصل|يتصل|نتصل|اتصل|يرد|نرد|ارد|يراسلك|نراسلك|يعاود|نعاود
|اعود|نعود
|احولك|احول|احيلك|اسال|اتحقق|نخبرك|اخبرك|نبلغك|ابلغك|يساعدك)\w*
|(?:قمت|لقد قمت|تم) (?:بتحويل|بارسال|بابلاغ|تحويل|ابلاغ|ارسال)(?: \S+){0,5}? (?:فريق
|الفريق
|زميل|الموظف|المسؤول|فريقنا)
"""


def find_promise(answer: str) -> str | None:
    """Return the first sentence that promises what only a person can do; None: none."""
    for found in SENTENCE.finditer(answer):
        sentence = str(found[0])[:LONGEST].strip()
        if sentence and not _tells_facts(sentence) and _promises(sentence):
            return sentence
    return None


def _tells_facts(sentence: str) -> bool:
    """Tell whether it is from a document, or a question."""
    is_asked = any(sign in sentence for sign in ASKED)
    return bool(is_asked or QUOTED.match(sentence) or CITED.search(sentence))


def _promises(sentence: str) -> bool:
    if _OFFERED.search(" ".join(map(str, WORD.findall(fold(sentence))))):
        return False
    clauses = map(plain, CLAUSE.split(sentence))
    found = _patterns()
    return any(found.search(said) and not _DENIED.search(said) for said in clauses)


def _joined(told: str) -> str:
    return told.strip().replace("\n", "")


_OFFERED = regex.compile(_joined(OFFERED))
_DENIED = regex.compile(bare(_joined(DENIED)))
LANGUAGES = (
    ENGLISH, SPANISH, PORTUGUESE, GERMAN, FRENCH, ITALIAN, DUTCH, INDONESIAN, HINDI,
    ARABIC,
)  # fmt: skip


@cache
def _patterns() -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{bare(_joined(each))})" for each in LANGUAGES))
