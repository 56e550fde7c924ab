"""Sentences with the same words that claim nothing, in the same languages."""

HARMLESS = """
I have looked at the menu.
I've checked our opening hours for you.
Booked tables are kept for 15 minutes.
Would you like me to book a table?
Shall I cancel your order?
I can book a table for you.
I will book a table as soon as you tell me the time.
I have not booked anything yet.
I haven't cancelled your order.
Your order has not been cancelled.
Once your order has been sent, you get an e-mail.
If your appointment has been changed, we write to you.
Orders can be cancelled up to 24 hours before.
You can change your booking at any time.
To cancel, write your order's number.
Cancelled orders are refunded within five days.
Your order is sent within two working days.
Your card is charged on arrival.
Your table is held for 15 minutes.
All tables are booked on Friday.
We are fully booked tonight.
The table by the window is already reserved.
We have changed our opening hours.
We've updated our menu for the summer.
The concert was cancelled in 2020.
Let me know when you have paid.
Have you booked already?
Did you want it sent to your home?
I would have booked it, but the system failed.
I could not book the table: it is full.
I'm booking it now.
I need your name before it can be booked.
Please tell me which order I should cancel.
The booking was not made.
You said that you had booked a table.
Your booking will be confirmed by e-mail.
Your booking is confirmed by SMS.
It must be paid in advance.
The price list was updated in May.
Payment is charged when the order is sent.
You will be refunded if it was cancelled by us.
As soon as I have booked it, I tell you.
Tables have to be reserved in advance.
An order that was paid can't be changed.
The kitchen has been moved to the first floor.
Nothing has been booked so far.
Our chef has changed the recipe.
I noticed that you asked about bookings.
I have found three free tables.
I've understood: a table for four on Friday.
Thank you for your order!
Thanks, noted. What time would you like?
A confirmation is sent to you by e-mail after booking.
I have sorted the dishes by price.
Your question is a good one.
"I have booked a table" is what you should say to the waiter.
The pizza is made with fresh tomatoes.
Done with lunch? Try our cake.
Ich habe in die Speisekarte geschaut.
Soll ich einen Tisch für Sie buchen?
Ich kann Ihnen einen Tisch reservieren.
Ich habe noch nichts gebucht.
Ihre Bestellung wurde nicht storniert.
Gebuchte Tische werden 15 Minuten freigehalten.
Wir haben unsere Öffnungszeiten geändert.
Wenn Ihr Termin verschoben wurde, schreiben wir Ihnen.
Bestellungen können bis 24 Stunden vorher storniert werden.
Am Freitag sind alle Tische reserviert.
Sobald ich gebucht habe, sage ich es Ihnen.
Ihre Bestellung wird innerhalb von zwei Tagen verschickt.
Das Rezept wurde 2019 geändert.
Der Tisch am Fenster ist schon reserviert.
Haben Sie schon gebucht?
Ich habe verstanden: vier Personen am Freitag.
Ich konnte den Tisch leider nicht buchen.
Bitte nennen Sie mir die Nummer, dann storniere ich.
Ich habe drei freie Tische gefunden.
Wir haben die Speisekarte angepasst.
He mirado el menú.
¿Quiere que reserve una mesa?
Puedo reservar una mesa para usted.
Todavía no he reservado nada.
Su pedido no ha sido cancelado.
Las mesas reservadas se guardan 15 minutos.
Hemos cambiado nuestro horario.
Si su cita ha sido cambiada, le avisamos.
Los pedidos se pueden cancelar hasta 24 horas antes.
Cuando su pedido haya sido enviado, recibirá un correo.
El viernes todas las mesas están reservadas.
¿Ya ha reservado?
No pude reservar la mesa.
Por favor reserve con antelación.
Para cancelar, escriba el número de su pedido.
He encontrado tres mesas libres.
El concierto fue cancelado en 2020.
Su pedido se envía en dos días.
J'ai regardé la carte.
Souhaitez-vous que je réserve une table ?
Je peux réserver une table pour vous.
Je n'ai encore rien réservé.
Votre commande n'a pas été annulée.
Les tables réservées sont gardées 15 minutes.
Nous avons changé nos horaires.
Si votre rendez-vous a été déplacé, nous vous écrivons.
Les commandes peuvent être annulées 24 heures avant.
Une fois votre commande envoyée, vous recevez un e-mail.
Toutes les tables sont réservées vendredi.
Avez-vous déjà réservé ?
Je n'ai pas pu réserver la table.
J'ai trouvé trois tables libres.
J'ai modifié ma réponse : nous ouvrons à 9 h.
Le paiement est débité à l'arrivée.
Olhei o cardápio.
Quer que eu reserve uma mesa?
Posso reservar uma mesa para você.
Ainda não reservei nada.
Seu pedido não foi cancelado.
As mesas reservadas são guardadas por 15 minutos.
Mudamos nosso horário.
Se a sua consulta foi alterada, avisamos.
Os pedidos podem ser cancelados até 24 horas antes.
Quando seu pedido for enviado, você recebe um e-mail.
Na sexta todas as mesas estão reservadas.
Você já reservou?
Reservamos mesas até as 20h.
Não consegui reservar a mesa.
Encontrei três mesas livres.
Saya sudah melihat menunya.
Apakah Anda ingin saya memesan meja?
Saya bisa memesankan meja untuk Anda.
Saya belum memesan apa pun.
Pesanan Anda belum dibatalkan.
Meja yang sudah dipesan disimpan selama 15 menit.
Kami telah mengubah jam buka kami.
Jika pesanan Anda sudah dikirim, Anda akan mendapat email.
Pesanan dapat dibatalkan 24 jam sebelumnya.
Semua meja sudah dipesan pada hari Jumat.
Apakah Anda sudah memesan?
Saya menemukan tiga meja kosong.
मैंने मेन्यू देख लिया है।
क्या मैं आपके लिए टेबल बुक करूँ?
मैं आपके लिए टेबल बुक कर सकता हूँ।
मैंने अभी तक कुछ बुक नहीं किया है।
आपका ऑर्डर रद्द नहीं किया गया है।
बुक की गई टेबल 15 मिनट तक रखी जाती है।
हमने अपना समय बदल दिया है।
अगर आपका ऑर्डर रद्द कर दिया गया है, तो हम लिखेंगे।
ऑर्डर 24 घंटे पहले तक रद्द किए जा सकते हैं।
शुक्रवार को सभी टेबल बुक हैं।
क्या आपने बुक कर दिया है?
मुझे तीन खाली टेबल मिली हैं।
لقد نظرت في القائمة.
هل تريد أن أحجز لك طاولة؟
يمكنني حجز طاولة لك.
لم أحجز أي شيء بعد.
لم يتم إلغاء طلبك.
تُحفظ الطاولات المحجوزة لمدة 15 دقيقة.
تم تغيير ساعات العمل في رمضان.
إذا تم تغيير موعدك فسنكتب لك.
يمكن إلغاء الطلبات قبل 24 ساعة.
سيتم إرسال طلبك خلال يومين.
كل الطاولات محجوزة يوم الجمعة.
هل حجزت من قبل؟
وجدت ثلاث طاولات شاغرة.
I've sent the kitchen nothing yet, first tell me your name.
You can find the table that was reserved under your company's name in the list.
Your table will be booked once you confirm.
Reservations are confirmed within an hour.
Your order can be changed until it is shipped.
I see you have ordered soup before.
The parcel is usually sent on the next day.
My apologies, your order could not be cancelled.
Your booking has to be confirmed by you.
Changed plans? No problem, write to us.
Ordered online, it costs less.
I have read your message about the cancelled flight.
I have noted that you want to cancel.
I have prepared the order: two pizzas. Shall I send it?
Ihr Tisch wird reserviert, sobald Sie bestätigen.
Ihre Buchung kann geändert werden.
Ich habe gesehen, dass Sie bestellt haben.
Der Kurs wurde leider vom Veranstalter abgesagt.
Bestellt man online, kostet es weniger.
Ich würde dann den Tisch für Sie buchen.
Su mesa será reservada cuando confirme.
He visto que ha pedido sopa.
Los pedidos pagados no se cambian.
Lamentablemente no he podido cancelar su pedido.
Votre table sera réservée dès votre confirmation.
J'ai vu que vous avez commandé une soupe.
Je peux annuler votre commande si vous voulez.
Sua mesa será reservada quando você confirmar.
Vi que você pediu sopa.
Infelizmente não consegui cancelar o pedido.
Saya akan memesan meja setelah Anda konfirmasi.
Pesanan yang telah dibayar tidak dapat diubah.
आपकी टेबल पुष्टि के बाद बुक की जाएगी।
मैं आपका ऑर्डर रद्द कर दूँ?
سأحجز لك طاولة بعد التأكيد.
لا يمكن تعديل الطلب بعد إرساله.
Friday 20:00 is already booked, but 21:00 is free.
Our terrace is booked for a private party.
Sorry, that slot has just been booked by another guest.
The 8 pm slot is booked.
Here is what I found: your order 17 is on its way.
Your order status: being prepared.
To have your table booked, I need your name.
Would you like your table to be booked for 7 or 8?
I haven't been able to cancel it.
I see no order that was placed today.
Do you want me to have it sent?
Bread is baked and delivered daily.
Everything is cooked to order.
I'm sorry that your order was not delivered.
Let me know once you've booked.
Cancelled bookings are free until noon.
You have booked with us before, welcome back!
The shop was moved to Main Street in 2021.
I have added up the prices: 24 EUR.
I have changed the subject, sorry.
I've sent my colleague nothing.
Please confirm: table for 2, Friday, 8 pm.
Your booking: 2 people, Friday, 8 pm. Shall I confirm it?
Before your booking is confirmed, you get a call.
Invoices are sent at the end of each month.
Ich habe Ihre Frage verstanden.
Um 20 Uhr ist schon alles reserviert.
Die Terrasse ist für eine Feier gebucht.
Ihre Rechnung wird am Monatsende verschickt.
Soll der Termin verschoben werden?
Haben Sie die Bestellung schon storniert?
Für die Reservierung brauche ich noch Ihren Namen.
La terraza está reservada para una fiesta.
¿Confirmo su reserva para las 20:00?
Para que su mesa quede reservada necesito su nombre.
He entendido: cuatro personas el viernes.
La terrasse est réservée pour une fête.
Pour que votre table soit réservée, il me faut votre nom.
J'ai bien compris votre demande.
O terraço está reservado para uma festa.
Para que sua mesa fique reservada, preciso do seu nome.
Entendi: quatro pessoas na sexta.
Jam 20.00 sudah penuh dipesan tamu lain.
Saya sudah mencatat permintaan Anda, boleh saya tahu namanya?
शुक्रवार रात 8 बजे सब बुक है, लेकिन 9 बजे खाली है।
बुकिंग के लिए मुझे आपका नाम चाहिए।
الشرفة محجوزة لحفلة خاصة.
لتأكيد حجزك أحتاج إلى اسمك.
I have five tables free on Sunday.
Coffee is ordered at the counter.
You can have your address changed here.
Appointments that were moved keep their price.
A cancelled subscription runs until the end of the month.
An invoice is e-mailed to you after each order.
Refunds are processed within three days.
Who is registered for the workshop gets a seat.
What was booked online is paid online.
I need to know which table you want booked.
Do you know whether your order was placed?
It can't be changed once it was sent.
Nobody has booked that table yet.
The menu was updated this morning.
I will get it booked if you tell me the time.
Ich habe am Sonntag fünf freie Tische.
Kaffee wird an der Theke bestellt.
Ein gekündigtes Abo läuft bis zum Monatsende.
Erstattungen werden in drei Tagen bearbeitet.
Haben Sie Ihre Adresse geändert?
Online gebuchte Tische sind schon bezahlt.
Das Buffet wurde neu gestaltet.
Tengo cinco mesas libres el domingo.
Los reembolsos se procesan en tres días.
Una suscripción cancelada dura hasta fin de mes.
¿Ha cambiado su dirección?
El menú fue actualizado esta mañana.
J'ai cinq tables libres dimanche.
Un abonnement annulé court jusqu'à la fin du mois.
Les remboursements sont effectués sous trois jours.
Avez-vous changé d'adresse ?
Le menu a été mis à jour ce matin.
Tenho cinco mesas livres no domingo.
Os reembolsos são processados em três dias.
O cardápio foi atualizado hoje de manhã.
Ada lima meja kosong pada hari Minggu.
Pengembalian dana diproses dalam tiga hari.
रविवार को पाँच टेबल खाली हैं।
रिफंड तीन दिन में मिलता है।
يتم رد المبلغ خلال ثلاثة أيام.
تم تحديث القائمة هذا الصباح.
"""
