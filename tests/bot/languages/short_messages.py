"""Short messages as people write them, by their language; "" is none of ours."""

# ruff: noqa: E501, RUF001

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


def read_messages() -> list[tuple[str, str]]:
    """Each message, with its language."""
    return [
        (language, text.strip())
        for language, lines in SHORT_MESSAGES.items()
        for text in lines.strip().replace("\n", "|").split("|")
    ]
