"""How people ask for a person, in their own language: a whole message that does so.

Precision comes first: who is not understood asks again, or writes /human; who is passed
on for nothing waits. "Are you human?" is a question about us, and so is "human?".
"""

# ruff: noqa: RUF001  (words of many alphabets)

import re
import unicodedata
from functools import cache

from bot.chat.handoff.plain import ACCENTS, plain
from bot.knowledge.small_talk import is_question

LONGEST = 120
HELLO = """hi|hello|hey|ok|okay|no|hola|buenos dias|buenas tardes|buenas|oi|ola|bom dia
boa tarde|hallo|guten tag|bonjour|bonsoir|salut|ciao|buongiorno|salve|goedemorgen|hoi
halo|selamat pagi|selamat siang|नमस्ते|مرحبا|السلام عليكم|привет|здравствуйте|merhaba"""
POLITE = """please|pls|plz|now|thanks|thank you|por favor|ahora|gracias|agora|obrigado
obrigada|bitte|danke|jetzt|s il vous plait|svp|stp|s il te plait|merci|maintenant
per favore|per piacere|grazie|adesso|ora|tolong|dong|ya|terima kasih|sekarang|mohon
alstublieft|alsjeblieft|aub|graag|nu|bedankt|कृपया|प्लीज|من فضلك|لو سمحت|пожалуйста
lütfen"""
# Of each language: who; what alone asks for them; how else they are asked for.
ENGLISH = (
    r"(?:an? |the |any |some |your |one of your |with an? )*"
    r"(?:real |live |actual |human |living |customer )*"
    r"(?:human(?: being)?|person|people|agent|operator|representative|rep|advisor"
    r"|manager|supervisor|owner|boss|employee|colleague|somebody|someone"
    r"|staff(?: member)?|member of (?:the |your )?(?:staff|team)|support(?: agent"
    r"| team)?"
    r"|customer (?:service|support|care)|service team|team)"
    r"(?: from (?:the |your )?(?:team|staff|support)| in charge| real| human"
    r"| instead)*",
    r"(?:an? )?(?:human(?: being)?|agent|operator|representative"
    r"|(?:real|live|actual) (?:human|person|agent|chat)|human (?:agent|support|help)"
    r"|live support|customer (?:service|support|care))",
    r"(?:(?:i |we )?(?:want|need|would like|d like|wish|have|prefer|like|wanna|must)"
    r"(?: to)?|(?:can|could|may) (?:i|we|you)(?: please)?|let me|is it possible to"
    r"|how (?:can|do) i"
    r"|i d rather|id like to)? ?(?:please )?"
    r"(?:(?:talk|speak|chat|be connected|get connected|be transferred|get through)"
    r"(?: to| with)? {who}"
    r"|(?:connect|transfer|put|pass|forward|hand|switch|redirect|send)"
    r" (?:me )?(?:through |over |on )?(?:to|with) {who}|(?:get|give|call) me {who})"
    r"|(?:i |we )(?:want|need|d like|would like) (?:an? )?(?:real |live |actual )?"
    r"(?:human(?: being)?|person|agent|operator|representative)(?: to .{2,30})?",
)
SPANISH = (
    r"(?:una?|el|la|un@|alguna?|algun|otra|su|sus|tu|los|las)? ?"
    r"(?:persona(?: (?:real|de verdad|humana|del equipo|de verdad))?|ser humano|humano"
    r"|alguien(?: (?:real|del equipo|de verdad|mas|humano))?"
    r"|(?:agente|asesora?|representante|operadora?|encargad[oa]|dueñ[oa]|gerente"
    r"|ejecutiv[oa]"
    r"|compañer[oa]|emplead[oa]|asistente)(?: (?:humano|humana|real|de ventas))?"
    r"|atencion al cliente|servicio al cliente|soporte)",
    r"(?:un )?(?:humano|agente(?: humano)?|asesor|operador|representante)|persona real"
    r"|persona de verdad|ser humano|atencion al cliente",
    r"(?:(?:yo )?(?:quiero|quisiera|quiere|queria|necesito|deseo|prefiero|puedo"
    r"|podria|podemos"
    r"|me gustaria|se puede|es posible|puedes|podrias|dejame"
    r"|como puedo) )?(?:por favor )?"
    r"(?:hablar|chatear|comunicarme|conversar|contactar|contactarme|que me (?:atienda"
    r"|comuniquen)"
    r"|(?:pas|comuni|conec|deriv|transfier|ponga|pon)\w*(?: me)?)(?: con| a)? {who}"
    r"|(?:quiero|necesito|quisiera) (?:un|una) (?:humano|persona|agente|asesor"
    r"|operador)",
)
PORTUGUESE = (
    r"(?:uma?|o|a|algum|alguma|seu|sua|outra)? ?"
    r"(?:pessoa(?: (?:real|de verdade|humana))?|ser humano|humano"
    r"|alguem(?: (?:real|da equipe|de verdade))?"
    r"|(?:atendente|agente|representante|operadora?|gerente|vendedora?|funcionari[oa]"
    r"|responsavel|don[oa]|assistente)(?: (?:humano|humana|real))?"
    r"|atendimento(?: humano)?|suporte|sac)",
    r"(?:um )?(?:humano|atendente(?: humano)?|agente|operador)|pessoa real"
    r"|atendimento humano|pessoa de verdade",
    r"(?:(?:eu )?(?:quero|queria|gostaria(?: de)?|preciso|prefiro|posso|poderia"
    r"|da para|tem como"
    r"|consigo|quer|pode|como faco para) )?(?:por favor )?"
    r"(?:me )?(?:falar|conversar|ser atendid[oa]|contatar|transfer\w+|pass\w+"
    r"|encaminh\w+"
    r"|conect\w+|lig\w+)(?: me)?(?: com| para| por| a)? {who}"
    r"|(?:quero|preciso de|queria) (?:um|uma) (?:humano|pessoa|atendente|agente)",
)
GERMAN = (
    r"(?:eine[mnr]?|de[mnr]|die|ihre[mnr]?|eure[mnr]?|irgend)? ?"
    r"(?:echte[nmr]? |richtige[nmr]? |wirkliche[nmr]? |lebende[nmr]? "
    r"|menschliche[nmr]? )?"
    r"(?:mensch(?:en)?|person|mitarbeiter(?:in|n|innen)?|kollege[n]?|kollegin"
    r"|berater(?:in)?"
    r"|kundenberater(?:in)?|kundenservice|kundendienst|support|agent(?:en)?"
    r"|ansprechpartner(?:in)?"
    r"|jemande[nm]?|jemand|chef(?:in)?|team)(?: (?:echtem|echten|richtigem"
    r"|aus dem team|vom team))?",
    r"(?:ein(?:en|e)? )?(?:(?:echte[rn]? |richtige[rn]? )?mensch(?:en)?"
    r"|mitarbeiter(?:in)?"
    r"|echte person|kundenservice|kundendienst|kundenberater(?:in)?)",
    r"(?:(?:ich|wir|kann|konnte|darf|konnen|konnten|mochte|mochten|will|wollen|wurde"
    r"|gerne?|lieber"
    r"|ich|bitte|mal|gern|mich) )*(?:mit )?{who}(?: (?:bitte|personlich|direkt|kurz))*"
    r" (?:sprechen|reden|chatten|schreiben|telefonieren|verbinden|verbunden werden"
    r"|unterhalten)"
    r"|(?:bitte )?(?:verbinde|verbinden"
    r"|verbindet)(?: sie)? mich(?: bitte)?(?: mit)? {who}"
    r"|(?:ich )?(?:will|mochte|brauche|hatte gern(?:e)?) (?:einen|eine|ne|nen)"
    r" (?:echten |richtigen |echte )?(?:mensch(?:en)?|mitarbeiter(?:in)?|person"
    r"|berater(?:in)?)",
)
FRENCH = (
    r"(?:une? |l |le |la |un de vos |quelqu |votre )?(?:vraie? )?"
    r"(?:personne(?: (?:reelle|humaine|physique))?|etre humain|humain|agent|operateur"
    r"|operatrice"
    r"|conseiller|conseillere|collaborateur|collegue|responsable|employee?|patron"
    r"|gerant"
    r"|un(?: de l equipe| de reel)?|representant|service client|support"
    r"|equipe)(?: humain)?",
    r"(?:un )?(?:humain|etre humain|conseiller|operateur|agent humain)|vraie personne"
    r"|une vraie personne|service client|un agent",
    r"(?:(?:je|j|est ce que|puis|peux|pourrais|pouvez|veux|voudrais|aimerais|souhaite"
    r"|souhaiterais"
    r"|prefere|on|peut|dois|voulais|vous|me|il est possible de|possible de"
    r"|s il vous plait|serait) )*"
    r"(?:parler|discuter|echanger|chatter|communiquer|etre mis en relation"
    r"|mettre en relation"
    r"|passer|passez moi|transferer|transferez moi|etre rappele par)(?: a| avec| d"
    r"| au| aux)?"
    r" {who}|je (?:veux|voudrais|souhaite) (?:un|une) (?:humain|conseiller|operateur"
    r"|vraie personne)",
)
ITALIAN = (
    r"(?:un|uno|una|l|il|la|un altro|qualche)? ?(?:vera )?"
    r"(?:persona(?: (?:vera|reale|umana|in carne e ossa))?|essere umano|umano"
    r"|operatore(?: umano)?|operatrice|agente|qualcuno(?: (?:di reale|del team"
    r"|dello staff))?"
    r"|responsabile|titolare|addett[oa]|consulente|rappresentante|collega"
    r"|assistenza(?: clienti)?"
    r"|servizio clienti|staff)",
    r"(?:un )?(?:umano|operatore(?: umano)?|essere umano)|(?:una )?persona (?:vera"
    r"|reale)"
    r"|servizio clienti",
    r"(?:(?:io )?(?:voglio|vorrei|posso|potrei|devo|preferisco|desidero|ho bisogno di"
    r"|mi piacerebbe"
    r"|e possibile|si puo|puoi|puo|potrebbe) )?(?:per favore )?"
    r"(?:parlare|chattare|comunicare|essere (?:collegato|contattato)|passarmi|passami"
    r"|mi passi"
    r"|mettimi in contatto|parlo)(?: con| a| da)? {who}"
    r"|(?:voglio|vorrei) (?:un|una) (?:umano|operatore|persona)",
)
DUTCH = (
    r"(?:een |de |het |jullie |je |uw )?(?:echte? |levend )?"
    r"(?:mens(?:en)?|medewerker|persoon|iemand(?: (?:anders|van het team))?|collega"
    r"|klantenservice"
    r"|agent|beheerder|eigenaar|baas|helpdesk|team)",
    r"(?:een )?(?:(?:echt |echte )?mens|medewerker|echt persoon|klantenservice)",
    r"(?:(?:ik|kan|mag|wil|zou|graag|wij|we|even|liever|willen|kunnen|wilt|u|je|mij"
    r"|me) )*(?:met )?"
    r"{who}(?: (?:graag|even|direct|persoonlijk))* (?:spreken|praten|chatten|bellen"
    r"|doorverbinden)"
    r"|(?:ik )?(?:wil|zou|kan|mag|graag)(?: ik| graag| even)* (?:praten|spreken"
    r"|chatten)"
    r" (?:met|tegen) {who}|verbind (?:me|mij) (?:door )?(?:met|naar) {who}"
    r"|ik wil (?:een )?(?:mens|medewerker|echt persoon)",
)
INDONESIAN = (
    r"(?:seorang |se)?(?:manusia|orang(?: (?:asli|beneran|sungguhan))?|admin(?:nya)?"
    r"|agen|operator"
    r"|cs|petugas|staf|customer service|pegawai|karyawan|seseorang|pemilik"
    r"|tim)(?: asli| manusia)?",
    r"manusia|orang (?:asli|beneran|sungguhan)|agen(?: manusia)?|operator"
    r"|customer service",
    r"(?:(?:saya|aku|gue|kami|mau|ingin|bisa|boleh|apakah|perlu|butuh|minta|tolong"
    r"|pengen|kak) )*"
    r"(?:bicara|berbicara|ngobrol|ngomong|chat|berkomunikasi|sambungkan|hubungkan"
    r"|dihubungkan"
    r"|disambungkan|terhubung)(?: saya| aku)?(?: dengan| sama| ke| dgn)? {who}",
)
HINDI = (
    r"(?:किसी |एक |असली |आपके |kisi |ek |asli |real )*"
    r"(?:इंसान|इन्सान|व्यक्ति|आदमी|एजेंट|प्रतिनिधि|कर्मचारी|मैनेजर|मालिक|कस्टमर केयर"
    r"|किसी"
    r"|insaan|insan|aadmi|admi|agent|human|vyakti|customer care|manager|kisi)",
    r"(?:असली )?(?:इंसान|इन्सान)|एजेंट|कस्टमर केयर|insaan",
    r"(?:(?:मुझे|मैं|हमें|क्या मैं|क्या|कृपया|mujhe|main|kya|muje|hame) )*{who} से"
    r" (?:बात|संपर्क|चैट)(?: .{2,20})?"
    r"|(?:(?:mujhe|main|kya|muje|hame|please|kya main) )*{who} se (?:baat|bat|contact"
    r"|chat)"
    r"(?: (?:karni|karna|karne|kar|karao|karwao|karwaiye|kara|karaiye|do|hai|he|h"
    r"|chahta|chahti"
    r"|hu|hun|hoon|sakta|sakti|dijiye|chahiye))*",
)
ARABIC = (
    r"(?:اي |احد |ال)?(?:شخص|انسان|بشر|موظف|موظفه|موظفة|ممثل|مسؤول|مسوول|مندوب|مدير"
    r"|احد|حدا|حد|واحد"
    r"|خدمة العملاء|خدمه العملاء|الدعم|البشر|الموظفين)"
    r"(?: (?:حقيقي|حقيقية|بشري|حقيقى|خدمة العملاء|من الفريق|من الموظفين))?",
    r"(?:شخص |انسان |موظف )(?:حقيقي|بشري)|انسان|موظف|خدمة العملاء|خدمه العملاء|بشر",
    r"(?:(?:انا|اريد|ارغب|احتاج|ممكن|هل|يمكنني|استطيع|اود|عايز|عاوز|عايزه|ابغى|ابي"
    r"|ابغا|بدي|حابب|في"
    r"|ب|الى|ان) )*(?:التحدث|التكلم|الحديث|الكلام|اتحدث|اتكلم|اكلم|احكي|احكى|اكلم"
    r"|تحدث|التواصل"
    r"|اتواصل|كلم|حولني|حولوني|وصلني)(?: (?:مع|الى|ل|ب))? {who}"
    r"|(?:اريد|عايز|ابغى|بدي) (?:شخص|انسان|موظف)(?: (?:حقيقي|بشري))?",
)
# Less of others.
OTHERS = (
    r"оператор|живой человек|человек|(?:(?:я )?(?:хочу|хотел бы|хотела бы|можно|могу"
    r"|мне нужно) )?"
    r"(?:поговорить|пообщаться|говорить|связаться) с (?:живым |реальным )?"
    r"(?:человеком|оператором|менеджером|сотрудником)"
    r"|(?:позовите|соедините с|переведите на) (?:оператора|оператором|человека"
    r"|менеджера)",
    r"(?:müşteri )?temsilci(?:si)?|gerçek (?:bir )?(?:insan|kişi)|(?:bir |gerçek "
    r"|canlı )*"
    r"(?:insan|temsilci|yetkili|müşteri temsilcisi)(?:yle|ye|la|le|ile|ya| ile)? "
    r"(?:görüşmek|konuşmak|bağlanmak)(?: istiyorum| istiyoruz)?",
    r"人工|转人工|轉人工|人工客服|人工服务|真人|真人客服|(?:我)?(?:想|要|需要)(?:找|和|跟)?"
    r"(?:真人|人工|客服|人工客服)(?:说话|聊|谈)?",
    r"オペレーター|人間と話したい(?:です)?|担当者と話したい(?:です)?|有人対応",
    r"상담원(?: 연결(?:해 ?주세요)?)?|사람과 (?:대화|이야기)하고 싶어요",
)
LANGUAGES = (
    ENGLISH, SPANISH, PORTUGUESE, GERMAN, FRENCH, ITALIAN, DUTCH, INDONESIAN, HINDI,
    ARABIC,
)  # fmt: skip


def asks_for_person(text: str) -> bool:
    """Tell whether a whole message asks for a person, in one of our languages."""
    if len(text) > LONGEST:
        return False
    said = plain(text)
    if not said:
        return False
    if _requests().fullmatch(said):
        return True
    return not is_question(text) and _alone().fullmatch(said) is not None


def bare(pattern: str) -> str:
    """Return a pattern as plain text is written: without accents."""
    apart = ACCENTS.sub("", unicodedata.normalize("NFD", pattern))
    return unicodedata.normalize("NFC", apart)


def _any(words: str) -> str:
    return "|".join(bare(words).replace("\n", "|").split("|"))


def _whole(*patterns: str) -> re.Pattern[str]:
    polite = rf"(?:{_any(HELLO)}|{_any(POLITE)})"
    core = "|".join(map(bare, patterns))
    return re.compile(rf"(?:{polite} )*(?:{core})(?: {polite})*")


# Compiled when the first message comes: a command that reads none does not wait for it.
@cache
def _alone() -> re.Pattern[str]:
    return _whole(*(alone for _, alone, _ in LANGUAGES), *OTHERS)


@cache
def _requests() -> re.Pattern[str]:
    asked = (asked.replace("{who}", f"(?:{who})") for who, _, asked in LANGUAGES)
    return _whole(*asked)
