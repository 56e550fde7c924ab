"""What an answer promises that only a person can do, and what is no promise."""

import pytest

from bot.chat import sentences
from bot.chat.handoff.promises import find_promise
from bot.readers import DEFAULT_SYSTEM_PROMPT

PROMISES = """
A colleague will contact you shortly.
I don't have that information. A member of our team will get back to you soon.
I'll check and get back to you.
I will check with the team and let you know.
Our team will reach out to you within 24 hours.
Someone will call you back today.
I've forwarded your request to our team.
I have passed this on to a colleague.
We'll call you back tomorrow.
Let me check that with my manager and get back to you.
You will hear from us soon.
I'm connecting you with an agent now.
I'll connect you to a human right away.
I'll pass your question on to the team.
Thanks for waiting! One of our staff members will assist you shortly.
A colleague will help you with that.
I'll look into it.
We will follow up with you by e-mail.
I'll escalate this for you.
Un compañero se pondrá en contacto contigo. Te llamaremos mañana.
Un asesor te contactará en breve.
Nos pondremos en contacto con usted.
Voy a consultar con el equipo y te aviso.
Un miembro de nuestro equipo le responderá pronto.
Te comunico con un asesor.
He pasado tu consulta al equipo.
Um atendente entrará em contato com você em breve.
Vou verificar com a equipe e te aviso.
Entraremos em contato.
Nossa equipe vai te responder em breve.
Vou transferir você para um atendente.
Wir melden uns bei Ihnen.
Ein Kollege wird sich bei Ihnen melden.
Ich frage beim Team nach und melde mich bei Ihnen.
Ein Mitarbeiter meldet sich in Kürze bei Ihnen.
Ich leite Ihre Anfrage an einen Kollegen weiter.
Wir rufen Sie morgen zurück.
Ich verbinde Sie mit einem Mitarbeiter.
Ich werde das klären und Ihnen Bescheid geben.
Un collègue vous contactera bientôt.
Nous vous rappellerons demain.
Un membre de notre équipe va vous répondre.
Je vais transmettre votre demande à l'équipe.
Je vérifie auprès de l'équipe et je reviens vers vous.
Un collega ti contatterà presto.
La richiameremo domani.
Ci metteremo in contatto con lei.
Verifico con il team e ti faccio sapere.
Een collega neemt contact met u op.
Wij bellen u morgen terug.
Ik vraag het na bij mijn collega's en laat het u weten.
Tim kami akan menghubungi Anda segera.
Saya akan cek dan kabari kembali.
हमारी टीम आपसे संपर्क करेगी।
मैं पता करके आपको बताऊंगा।
I don't know that, but a colleague will get back to you.
Sorry, I can't see your order, so I'll ask my team and get back to you.
No tengo esa información, pero un compañero te contactará.
Sí, un compañero te llamará.
Das weiß ich leider nicht, aber ein Kollege meldet sich bei Ihnen.
Je ne sais pas, mais un collègue vous contactera.
Non lo so, ma un collega la richiamerà.
Não sei, mas um atendente entrará em contato.
سيتواصل معك أحد الزملاء قريبا.
سوف نتصل بك غدا.
"""
NO_PROMISES = """
A member of our team can tell you: please contact us another way if it is urgent.
Shall I pass you on to a person of our team?
Would you like me to ask a colleague to call you back?
If you like, I will pass you on to a colleague.
I can connect you with a colleague if you want.
We are open from 9 to 18; call us at 030 1234567.
Nobody will call you.
As soon as you confirm, we will contact you.
We won't contact you about this.
I cannot call you back.
We will deliver your cake on Friday.
Our team will prepare your order by noon [1].
We will contact you once the order is ready. [2]
> We will contact you within two days.
You will receive an e-mail with the confirmation.
The courier rings the bell.
I don't know that.
The bread costs 4.20 €, and we bake it every morning.
Our team bakes the bread every morning.
My colleague Maria bakes it.
Let me check: yes, we have three of them.
Please call us if you are late.
You can reach a person of our team by writing /human.
We'll see you tomorrow!
I'll be happy to help you.
You're welcome! Have a nice day.
¿Quieres que te pase con una persona?
Si quieres, te paso con un asesor.
Puedes llamarnos al 030 1234567.
Un miembro de nuestro equipo puede ayudarte.
Abrimos de lunes a viernes.
Quer que eu passe você para um atendente?
Se quiser, vou transferir você para um atendente.
Wir haben montags geschlossen.
Soll ich Sie mit einem Kollegen verbinden?
Wenn Sie möchten, verbinde ich Sie mit einem Mitarbeiter.
Wir freuen uns auf Sie.
Wir geben 10 % Rabatt ab 50 €.
We look forward to your visit; I will look forward to it, too.
Wir backen das Brot jeden Morgen.
Ein Kollege kann Ihnen das sagen.
Voulez-vous que je vous mette en relation avec un conseiller ?
Nous sommes ouverts de 9 h à 18 h.
Vuole che la metta in contatto con un collega?
Siamo aperti dal lunedì al venerdì.
Wil je dat ik je doorverbind met een collega?
Wij zijn open van maandag tot vrijdag.
Apakah Anda ingin berbicara dengan admin?
Kami buka dari Senin sampai Jumat.
हम सोमवार से शुक्रवार तक खुले हैं।
هل تريد التحدث مع موظف؟
نحن نفتح من الاثنين إلى الجمعة.
"""


@pytest.mark.parametrize("answer", PROMISES.strip().splitlines())
def test_a_promise_is_found(answer: str) -> None:
    assert find_promise(answer)
    assert find_promise(f"Bread costs 4.20 €. {answer} Anything else?")


@pytest.mark.parametrize("answer", NO_PROMISES.strip().splitlines())
def test_what_is_no_promise_is_left_alone(answer: str) -> None:
    assert find_promise(answer) is None


def test_none_of_our_own_words_is_a_promise_of_the_models() -> None:
    """A model may repeat what it was shown."""
    shown = [sentences.MATERIAL, sentences.NOTHING_FOUND, DEFAULT_SYSTEM_PROMPT]
    for words in (*shown, sentences.UNKNOWN):
        assert find_promise(words) is None


@pytest.mark.parametrize("piece", ["a ", "we will ", "i ", "ein ", "un ", "[1] ", "."])
def test_a_long_answer_is_read_in_time(piece: str) -> None:
    # Without bounds some of these would take minutes.
    assert find_promise(piece * 4_000) is None
