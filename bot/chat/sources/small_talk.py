"""Which messages ask for nothing: no gap in what the business knows."""

from bot.knowledge.words import split_words

QUESTION_SIGNS = frozenset("?\uff1f\u061f\u037e\u055e\u2e2e")
# Greetings, thanks, yes and no, goodbyes, and what stands between them.
_LISTED = """
a about again all alright am and are awesome be bot bye cool day fine for good
goodbye great have hello help here hey hi how i im is it its later lol lot me
morning much my nice night no not of ok okay perfect please right robot see so
soon sorry sure ta test thank thanks that thats the then there they this to
tomorrow too very welcome well what whats who yeah yes you your yours up u afternoon
evening
adios adi\u00f3s bien buenas bueno buenos claro como c\u00f3mo dias d\u00edas
est\u00e1 est\u00e1s estas gracias hasta hola luego muchas muy noches perfecto por
favor que qu\u00e9 quien qui\u00e9n eres si s\u00ed tal tardes vale
boa bom dia noite obrigada obrigado ol\u00e1 oi tarde tchau tudo
bonjour bonsoir merci beaucoup salut oui non d accord \u00e7a va au revoir bonne
journ\u00e9e qui es tu
abend auf dank danke dir guten gut hallo ja mein moin morgen nein sch\u00f6n
sch\u00f6nen sehr super tag tsch\u00fcss vielen wie geht bist wer du wiedersehen
bitte
buongiorno buonasera ciao grazie mille prego va bene arrivederci
dag dank je wel goed goedemorgen hoi bedankt
merhaba selam te\u015fekk\u00fcrler te\u015fekk\u00fcr ederim evet hay\u0131r tamam
\u043f\u0440\u0438\u0432\u0435\u0442 \u0441\u043f\u0430\u0441\u0438\u0431\u043e
\u0434\u0430 \u043d\u0435\u0442 \u043f\u043e\u043a\u0430
\u0437\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439\u0442\u0435
\u0645\u0631\u062d\u0628\u0627
\u0634\u0643\u0631\u0627 \u0634\u0643\u0631\u0627\u064b
\u0646\u0639\u0645 \u0644\u0627 \u0627\u0644\u0633\u0644\u0627\u0645
\u0639\u0644\u064a\u0643\u0645
\u0928\u092e\u0938\u094d\u0924\u0947 \u0927\u0928\u094d\u092f\u0935\u093e\u0926
\u0939\u093e\u0902 \u0928\u0939\u0940\u0902 \u0920\u0940\u0915 \u0939\u0948
\u4f60\u597d \u8c22\u8c22 \u8b1d\u8b1d \u597d\u7684 \u518d\u89c1
\u3053\u3093\u306b\u3061\u306f \u3042\u308a\u304c\u3068\u3046 \u306f\u3044
\u3044\u3044\u3048
halo terima kasih makasih ya tidak selamat pagi siang malam
"""
_WORDS = frozenset(_LISTED.split())


def is_small_talk(text: str) -> bool:
    """Tell whether a message holds nothing but greetings, thanks and the like.

    What can't be read word by word, such as an emoji, is that, too.
    """
    return all(word in _WORDS for word in split_words(text.replace("'", "")))


def is_question(text: str) -> bool:
    """Tell whether a message has a sign of a question, in whichever script."""
    return not QUESTION_SIGNS.isdisjoint(text)
