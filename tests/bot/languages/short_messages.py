"""Short messages as people write them, by their language; "" is none of ours."""

# ruff: noqa: E501, RUF001  (letters of many alphabets)

from collections.abc import Mapping

SHORT_MESSAGES = {
    "en": """
hello|hi|hey there|good morning|thanks|thank you so much|yes please|no thanks|ok great|how much is it
where are you|when do you open|do you deliver|is it available|my order is late|cancel my order
what time tomorrow|can I pay cash|I need help|send me the price|any discount|too expensive|see you tomorrow
wrong address|still waiting|which sizes|who is this|sounds good|sorry for that|book a table
""",
    "es": """
hola|buenas|buenos días|gracias|muchas gracias|sí por favor|no gracias|vale|cuánto cuesta|cuanto es
dónde están|a qué hora abren|hacen envíos|está disponible|mi pedido no llega|cancelar pedido|qué horario tienen
puedo pagar en efectivo|necesito ayuda|mándame el precio|hay descuento|muy caro|hasta mañana
dirección equivocada|sigo esperando|qué tallas hay|quién eres|perfecto|perdón|quiero reservar mesa
""",
    "pt": """
olá|oi|bom dia|boa noite|obrigado|muito obrigada|sim por favor|não obrigado|tudo bem|quanto custa
onde vocês ficam|que horas abre|fazem entrega|está disponível|meu pedido atrasou|cancelar pedido|qual o horário
posso pagar em dinheiro|preciso de ajuda|manda o preço|tem desconto|muito caro|até amanhã
endereço errado|ainda estou esperando|quais tamanhos tem|quem é você|beleza|desculpa|quero reservar uma mesa
""",
    "de": """
hallo|guten tag|guten morgen|danke|vielen dank|ja bitte|nein danke|alles klar|was kostet das|wie teuer
wo seid ihr|wann macht ihr auf|liefert ihr auch|ist das verfügbar|meine bestellung fehlt|bestellung stornieren|öffnungszeiten morgen
kann ich bar zahlen|ich brauche hilfe|schick mir den preis|gibt es rabatt|zu teuer|bis morgen
falsche adresse|ich warte noch|welche größen gibt es|wer bist du|passt|entschuldigung|tisch reservieren bitte
""",
    "fr": """
bonjour|salut|bonsoir|merci|merci beaucoup|oui s'il vous plaît|non merci|d'accord|combien ça coûte|c'est combien
où êtes-vous|vous ouvrez quand|vous livrez|c'est disponible|ma commande est en retard|annuler ma commande|quels sont les horaires
je peux payer en espèces|j'ai besoin d'aide|envoyez le prix|il y a une réduction|trop cher|à demain
mauvaise adresse|j'attends toujours|quelles tailles|qui êtes-vous|parfait|désolé|réserver une table
""",
    "hi": """
नमस्ते|धन्यवाद|हाँ|नहीं|कितना है|कब खुलता है|मेरा ऑर्डर कहाँ है|मदद चाहिए|ठीक है|कीमत बताइए
namaste|dhanyavad|haan ji|nahi chahiye|kitna hai|kitne ka hai|kab khulta hai|mera order kahan hai|theek hai|madad chahiye
kya haal hai|aap kahan ho|price batao|delivery kab hogi|bahut mehnga hai|mujhe cancel karna hai|shukriya bhai|abhi tak nahi aaya|kaun hai|accha ji
""",
    "ar": """
مرحبا|السلام عليكم|شكرا|نعم|لا شكرا|بكم هذا|متى تفتحون|أين طلبي|أحتاج مساعدة|هل يوجد توصيل
صباح الخير|ممكن السعر|غالي جدا|أريد إلغاء الطلب|كم السعر|تمام|وين موقعكم|عندكم خصم|من أنت|العنوان خطأ
عايز احجز|لسه مستني|إلى الغد|آسف|هل هو متوفر
""",
    "id": """
halo|selamat pagi|terima kasih|makasih kak|ya boleh|tidak usah|berapa harganya|di mana lokasinya|buka jam berapa|bisa kirim
pesanan saya belum sampai|batalkan pesanan|butuh bantuan|ada diskon|mahal banget|sampai besok|alamat salah|masih menunggu|ukuran apa saja|siapa ini
oke siap|maaf|bisa bayar tunai|apakah masih ada|mau pesan meja
""",
    "": """
ciao|buongiorno|grazie mille|quanto costa|dove siete|a che ora aprite|ho bisogno di aiuto|va bene|il mio ordine
hoi|goedemorgen|dank je wel|hoeveel kost dit|waar zijn jullie|hoe laat open|ik heb hulp nodig|tot morgen
merhaba|teşekkürler|ne kadar|neredesiniz|kaçta açılıyor|yardım lazım|siparişim nerede|tamam
привет|спасибо|сколько стоит|когда вы открываетесь|где мой заказ|да|нет
你好|谢谢|多少钱|几点开门|我的订单在哪里|好的
こんにちは|ありがとう|いくらですか|何時に開きますか|はい
""",
}


# Written after the lists of words, and none was added for them.
UNSEEN = {
    "en": """
good afternoon|is parking free|do you have vegan food|my parcel never arrived|call me back|can someone help|nice one
what's your phone number|I'd like a refund|too late
""",
    "es": """
buenas tardes|tienen comida vegana|el paquete no llegó|llámenme por favor|alguien me ayuda|qué bien|cuál es su teléfono
quiero devolución|demasiado tarde|aceptan tarjeta
""",
    "pt": """
boa tarde|vocês têm comida vegana|o pacote não chegou|me liga|alguém pode ajudar|que legal|qual é o telefone
quero reembolso|tarde demais|aceitam cartão
""",
    "de": """
schönen nachmittag|habt ihr veganes essen|paket ist nicht angekommen|rufen sie mich an|kann mir jemand helfen|super sache|wie ist eure nummer
geld zurück bitte|zu spät|nehmt ihr karte
""",
    "fr": """
bon après-midi|vous avez des plats végétaliens|le colis n'est pas arrivé|rappelez-moi|quelqu'un peut m'aider|très bien|quel est votre numéro
je veux un remboursement|trop tard|vous prenez la carte
""",
    "hi": """
शुभ दोपहर|पार्सल नहीं आया|फोन करो|good morning ji kaise ho|parcel nahi mila|mujhe phone karo|koi hai kya
paise wapas chahiye|card chalega kya|bahut der ho gayi
""",
    "ar": """
مساء الخير|الطرد لم يصل|اتصل بي|ممكن احد يساعدني|ما رقم الهاتف|أريد استرداد المال|متأخر جدا
تقبلون البطاقة
""",
    "id": """
selamat siang|ada makanan vegan|paket belum datang|telepon saya|ada yang bisa bantu|bagus sekali|nomor teleponnya berapa
minta uang kembali|sudah telat|terima kartu
""",
    "": """
buon pomeriggio|avete piatti vegani|il pacco non è arrivato|mi chiami|goedemiddag|pakket niet aangekomen|bel mij terug
iyi günler|paketim gelmedi|beni arayın|добрый день|посылка не пришла|下午好|包裹没到
荷物が届きません|안녕하세요|สวัสดีครับ|Pizza Margherita|iPhone 15 Pro|Maria Schneider|12345
👍|ok|https://example.com/hello|#12
""",
}


def read_messages(written: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return each message, behind its language."""
    return [
        (language, text.strip())
        for language, lines in written.items()
        for text in lines.strip().replace("\n", "|").split("|")
    ]
