"""What customers write to shops, of which none is for the bot itself."""

SAID = {
    "en": """cancel|Cancel.|cancel my order|end|quit|info|INFO|help me|yes|Yes!
YES please|no|reset|Reset my password|clear|new|New!|start over|continue|stop it|stop?
please stop by at six|non-stop|the next stop|Can I stop the delivery?|bus stop
start tomorrow|When do you start?|subscribe|resume|opt|unsubscribe me from the gym
one more|more|menu|back|exit|pause|confirm|delete|close|open?|ok|thanks|agent 7
settings|language|me|memory|forget it|feedback|human rights|a bot?|learn|low|high""",
    "es": """baja|alto|alta|bajo|cancelar|cancelar mi cita|fin|terminar|salir|ayuda|sí
si|no|nuevo|nueva|empezar|continuar|seguir|reiniciar|borrar|ayúdame|info
la parada del bus|¿Para cuándo?|para llevar|para|planta baja|dar de baja mi línea
quiero parar el pedido|¿puedo parar el envío?|menú|confirmar|talla alta""",
    "pt": """cancelar|cancelar pedido|fim|ajuda|sim|não|novo|nova|continuar|começar
voltar|limpar|para levar|para|a saída|pare o pedido, por favor|quero sair às oito|mais
vou sair|iniciar|inscrever|menu|confirmar|encerrar|tudo bem""",
    "de": """abbrechen|Ende|Hilfe|ja|Ja bitte|nein|neu|weiter|zurücksetzen|starten
anmelden|löschen|Haltestelle|Stoppuhr|kann ich die Lieferung stoppen?|Menü|Info
Ich will mich vom Kurs abmelden|die Zeitung abbestellen|bestätigen|fertig|stop and go
nochmal von vorn|Einstellungen|Sprache|hoch|niedrig""",
    "fr": """annuler|fin|aide|oui|non|nouveau|nouvelle|continuer|commencer|effacer
l'arrêt de bus|arrêt maladie|arrêter ma commande|puis-je arrêter la livraison ?|menu
terminer|quitter|info|confirmer|retour|réglages|plus|recommencer""",
    "id": """batal|batalkan|selesai|bantuan|ya|tidak|baru|lanjut|mulai|ulang|hapus|info
halte bus|berhenti di mana busnya?|boleh berhenti langganan koran?|menu|konfirmasi
kembali|keluar|pengaturan|mau pesan|stok|masih ada stok?|lagi""",
    "hi": """रद्द करें|मदद|हाँ|नहीं|नया|जारी रखें|शुरू|मिटाएं|अंत|मेनू|जानकारी|पुष्टि करें|वापस
बस कहाँ रुकती है?|ऑर्डर रोक सकते हैं?|बंद|बंद है?|कब शुरू होगा?|रोक|और|ठीक है
नए जूते|सेटिंग|मदद करो|haan|nahi|madad|ruk ruk ke|band hai kya""",
    "ar": """إلغاء|الغاء الطلب|نهاية|مساعدة|نعم|لا|جديد|متابعة|ابدأ|مسح|معلومات|تأكيد
قائمة|رجوع|أين موقف الحافلة؟|هل يمكن إيقاف الطلب؟|متى تتوقف؟|المزيد|خروج|اشتراك
اشتراك جديد|موقف|حسنا|شكرا|الإعدادات|ايوه|لأ""",
}
MESSAGES = [
    (language, said.strip())
    for language, told in SAID.items()
    for said in told.replace("\n", "|").split("|")
]
