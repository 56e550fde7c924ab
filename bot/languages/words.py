"""Words by which a short message shows its language, as people write them in chats.

Those that look alike in two languages stand in both. "other" is of languages that we
don't speak, so that "ciao" is no Spanish.
"""

# ruff: noqa: RUF001  (letters of many alphabets)

OTHER = "other"
WORDS = {
    "en": """
hello hi hey thanks thank you thx please yes yeah yep no not nope good morning
afternoon evening night bye sorry how what when where who why which is are was do
does did can could would will have has the a an and or but of to in on for with from at
my your me it this that there i i'm we they need want order price cost much many open
delivery cancel still today tomorrow send any great sounds welcome cheers cool fine sure
available pay card cash book table appointment refund
""",
    "es": """
hola buenas buenos días dias tardes noches gracias muchas por favor porfa si sí no vale
bueno bien perfecto adiós adios perdón disculpa disculpe ayuda qué que cómo como cuándo
cuando dónde donde quién quien cuál cual cuánto cuanto cuesta cuestan es son está esta
están estan hay tiene tienen tengo puedo puede quiero quisiera necesito el la los las un
una unos y o pero de del al en con para mi su tu me lo pedido precio envío envíos hacen
abren horario hoy mañana hasta luego muy más oye claro ahora aquí cita reservar soy eres
mándame sigo cancelar
""",
    "pt": """
olá ola oi bom boa dia tarde noite obrigado obrigada brigado muito por favor sim não nao
tudo bem beleza tchau desculpa desculpe ajuda que como quando onde quem qual quais
quanto custa é são está estão tem têm tenho posso pode quero queria preciso o a os as um
uma e ou mas de do da no na em com para pra meu minha seu você vocês vcs vc me pedido
preço frete entrega fazem abre abrem horas horário hoje amanhã até logo mais ainda agora
aqui blz valeu manda endereço reservar sou estou
""",
    "de": """
hallo guten tag morgen abend moin servus danke vielen dank bitte ja nein nicht gut
alles klar passt genau tschüss entschuldigung sorry hilfe was wie wann wo wer warum
welche welcher kostet kosten ist sind seid bin bist hat habt haben habe kann kannst
könnt können will möchte brauche der die das den dem ein eine einen und oder aber von zu
in auf für mit aus bei mein meine ihr ich wir sie du mir euch es gibt bestellung
preis liefert macht heute noch sehr zu teuer geht schick öffnungszeiten termin auch
""",
    "fr": """
bonjour bonsoir salut coucou merci beaucoup s'il vous plaît plait svp stp oui non ouais
d'accord parfait désolé désolée pardon aide aidez que quoi comment quand où qui
pourquoi quel quelle quels quelles combien coûte coute est c'est ça ca sont êtes suis
avez ai j'ai a y je tu il elle nous puis peux peut pouvez veux voudrais j'attends besoin
le la les l' un une des et ou mais de du au aux en avec pour mon ma mes votre vos moi
commande prix livrez livraison ouvrez ouvert horaires aujourd'hui demain encore toujours
très trop cher annuler réserver bonne journée rendez-vous
""",
    "hi": """
namaste namaskar dhanyavad dhanyawad shukriya haan haanji han ji nahi nahin nhi theek
thik accha acha achha hai hain h ho hu hun hoon tha thi ka ki ke ko kya kab kahan kaha
kaun kaise kaisa kyu kyun kitna kitne kitni mera meri mere mujhe muje main mein aap
aapka tum hum bhai bhaiya yaar chahiye chaiye karna karo kar batao bataiye bata
dena do de
madad abhi tak bahut bohot mehnga aur par nahi aaya hoga hogi kuch sab
khulta band kal aaj paisa paise rupaye
""",
    "ar": """
shukran salam marhaba salaam alaikum ahlan naam aywa kam mumkin wain feen inshallah
habibi habibti yalla tamam khalas
""",
    "id": """
halo hai selamat pagi siang sore malam terima kasih makasih trims tolong ya iya tidak
nggak gak ga belum sudah udah boleh baik oke siap maaf bantuan bantu apa apakah berapa
bagaimana gimana kapan dimana mana siapa kenapa ini itu ada bisa mau ingin butuh saya
aku kami anda kak kakak mas mbak yang dan atau tapi di ke dari untuk dengan pesan
pesanan harga harganya buka jam kirim batal batalkan hari besok sampai masih lagi banget
mahal murah bayar lokasi alamat ukuran usah jumpa dong nya
""",
    OTHER: """
ciao buongiorno buonasera salve grazie mille prego sì quanto dove siete sono quando che
cosa come va bene il lo gli della ho hai bisogno aiuto ordine aprite ora per favore
quale vorrei posso scusa domani di è
hoi goedemorgen goedemiddag goedenavond dankjewel dank je wel bedankt alstublieft ja nee
hoeveel kost dit dat waar zijn jullie wanneer hoe laat ik heb hulp nodig tot mijn
bestelling het een van voor met graag wat
merhaba selam günaydın teşekkürler teşekkür ederim sağol lütfen evet hayır tamam ne
kadar nerede neredesiniz nasıl kaç kaçta zaman var yok mı mi bir yardım lazım sipariş
siparişim istiyorum yarın
cześć dzień dobry dziękuję proszę tak nie ile kosztuje gdzie kiedy jest mulțumesc
bună ahoj dobrý den děkuji prosím xin chào cảm ơn hej tack habari asante magandang
salamat po kamusta
""",
}
