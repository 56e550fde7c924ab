"""Words by which a fact tells what is nobody's to keep, in eight languages.

English, Spanish, Portuguese, German, French, Hindi, Arabic, Indonesian. What a word
begins with is enough. They err on the side of forgetting: a name may be lost that looks
like a faith, and an allergy that a waiter would want to know.
"""

HEALTH = """
health ill illness sick disease diagnos cancer tumor tumour diabet asthma allerg
epilep
depress anxiety therap psych medic pill drug surg hospital doctor disab pregnan hiv
aids
autis adhd dementia alzheim insulin chemo addict alcoholi vaccin symptom wheelchair
blood
salud enferm cancer alergi embaraz medicament hospital discapac terapi cirug doctora
saude doenca doente gravid remedio cirurg deficien alergic
gesund krank krebs allergi schwanger arzt arztin medikament behinder depressi
operation
therapie diagnose klinik sucht
sante malad cancer enceinte medecin medicament handicap hopital chirurg depressi
grossesse
बीमार रोग कैंसर मधुमेह डायबिटीज गर्भ दवा अस्पताल इलाज एलर्जी विकलांग स्वास्थ्य
مرض مريض سرطان سكري حامل دواء مستشفى علاج حساسيه حساسية صحه صحة اعاقه اكتئاب طبيب
sakit penyakit kanker hamil obat dokter alergi diabetes kesehatan disabilitas
"""
BELIEFS = """
religi faith christian catholic protestan muslim islam jew jewish judais hindu buddh
sikh
atheis church mosque synagog temple pray ramadan halal kosher bible quran koran mormon
agnost pastor imam rabbi
iglesia cristian catolic musulman judi ateo atea creyente mezquita
igreja evangelic crente crista cristao muculman judeu judia ateu
kirche kathol evangel christin moschee glaubig judin judisch moslem
eglise catholique chretien musulman juif juive croyant mosquee athee
धर्म मुस्लिम हिंदू हिन्दू ईसाई सिख मस्जिद मंदिर नमाज़ नमाज
مسلم مسيحي يهودي دين صلاه صلاة مسجد كنيسه كنيسة رمضان اسلام ملحد
agama kristen katolik masjid gereja shalat salat sholat puasa ateis
"""
POLITICS = """
politic vote votes voted voter voting democrat republican conservativ socialis
communis
nationalis leftist rightwing leftwing election trump biden
politica votar vota voto partido izquierda derechista elecciones
eleicao eleicoes esquerda partidari
politik partei wahle wahlt wahlen gewahlt linke rechte konservativ
politique voter gauche droite elections
राजनीति वोट चुनाव भाजपा कांग्रेस
سياسه سياسة سياسي حزب انتخاب انتخابات صوت
partai pemilu memilih pilpres
"""
SEXUALITY = """
sexual sex gay lesb homosex bisex heterosex transgender transsex queer lgbt nonbinary
sexo homosexual bisexual
schwul lesbisch
homosexuel lesbienne
समलैंगिक यौन
مثلي جنسي جنسيا
gei lesbian seks
"""
UNION = """
union unionis unionist unionize sindicat sindical sindicato gewerkschaft verdi
syndicat
syndique यूनियन संघ نقابه نقابة serikat buruh
"""
SECRETS = """
password passwd passcode passphrase pin pins pincode secret cvv cvc cvv2 otp token
login credential iban bank account creditcard debitcard card cards visa mastercard
amex
passport ssn licence license
contrasena clave tarjeta cuenta pasaporte dni nif
senha cartao conta passaporte cpf rg
passwort kennwort geheim karte kreditkarte konto kontonummer reisepass ausweis
personalausweis
motdepasse mdp carte compte passeport
पासवर्ड पिन कार्ड खाता आधार पैन पासपोर्ट ओटीपी
سر سري بطاقه بطاقة حساب جواز باسورد هويه هوية
sandi kata kartu rekening paspor ktp
"""
OTHERS = """
wife husband spouse girlfriend boyfriend partner mother father mom mum dad sister
brother
son daughter boss colleague coworker neighbor neighbour friend uncle aunt cousin
grandmother grandfather landlord roommate
esposa esposo marido novia novio madre padre mama papa hermana hermano hijo hija jefe
jefa
vecino vecina amigo amiga tio tia primo prima abuela abuelo companero
mulher namorada namorado mae pai irma irmao filho filha chefe vizinho vizinha
frau mann ehefrau ehemann freundin freund mutter vater schwester bruder sohn tochter
chef
kollege kollegin nachbar nachbarin onkel tante
femme mari epouse epoux copine copain mere pere soeur frere fils fille patron collegue
voisin voisine ami amie oncle
पत्नी पति मां माँ पिता बहन भाई बेटा बेटी बॉस दोस्त पड़ोसी
زوجتي زوجي زوجه زوج امي ابي اختي اخي ابني ابنتي مديري صديقي صديقتي جاري
istri suami pacar ibu ayah bapak kakak adik anak bos teman tetangga
"""
# To the model that reads it, and not of a person.
ORDERS = """
you your yours yourself assistant chatbot bot instruction instructions prompt ignore
disregard obey pretend jailbreak system developer reveal override
asistente instruccion instrucciones ignora ignorar debes
assistente instrucao instrucoes ignore deves
anweisung anweisungen ignoriere assistent musst
consigne consignes ignorez instructions
निर्देश अनदेखा सहायक
تعليمات تجاهل مساعد
instruksi abaikan asisten kamu anda
"""
# Of those a beginning is not enough: many words begin so.
WHOLE = """
ill pill sex gay pin pins card cards bank account vote votes voto vota conta conto
sick sucht rg cpf dni nif ssn otp hiv aids son dad mom mum mann frau chef ami amie
mari mae pai irma tio tia primo prima padre madre mama papa hijo hija mere pere fils
fille boss bos ibu anak adik kakak bapak ayah you your yours yourself bot system
token login secret church temple blood drug doctor partner friend uncle aunt visa
union karte konto carte compte clave cuenta tarjeta senha sandi kata kartu سر دين
صوت زوج امي ابي اخي جاري حزب صحه صحة judi rechte linke droite gauche voter gei seks
kamu anda faith jew islam pray patron novia novio musst debes deves prompt partai
marido femme mulher copine copain freund freundin sohn onkel tante संघ मां माँ पति
भाई पिन पैन रोग mdp license licence pastor imam rabbi teman jefe jefa sexo sexual
"""
