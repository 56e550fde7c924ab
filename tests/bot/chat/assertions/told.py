"""Sentences that claim an effect, in the eight languages of the bot."""

ASSERTIONS = """
I have booked a table for two at 7 pm for you.
I've booked it for Friday at 20:00.
Great news! I've just reserved your table.
I booked you in for 3 pm tomorrow.
Your appointment has been changed to Tuesday.
Your order was cancelled.
Booked!
Done, I've cancelled order 17.
Your table is booked.
Your reservation is now confirmed.
Your booking has been successfully confirmed for Saturday at 19:00.
We have cancelled your appointment.
I have gone ahead and rescheduled your visit.
I've placed the order for two pizzas.
I was able to book the last table for you.
A table for four has been reserved under your name.
I've sent you a confirmation by e-mail.
Your refund has been issued, and your card has been refunded.
I've updated your address.
It's booked.
All done: your order has been placed.
Cancelled: order 17.
The appointment has been moved to Monday at 10.
I've added you to the waiting list.
Ich habe einen Tisch für zwei Personen gebucht.
Ich habe Ihnen für Freitag um 20 Uhr einen Tisch reserviert.
Ihr Termin wurde auf Dienstag verschoben.
Ihre Bestellung wurde storniert.
Gebucht!
Ihre Reservierung ist bestätigt.
Den Termin habe ich für Sie abgesagt.
Wir haben Ihren Termin geändert.
Ihr Tisch ist für 20 Uhr reserviert.
Der Termin wurde verschoben.
Ich habe Ihnen die Rechnung per E-Mail geschickt.
Alles erledigt: Ihre Buchung wurde storniert.
He reservado una mesa para dos.
Te he reservado una mesa para las 20:00.
Su cita ha sido cambiada al martes.
Tu pedido fue cancelado.
¡Reservado!
Su reserva está confirmada.
Ya cancelé tu pedido.
Hemos cancelado su cita.
La mesa ha quedado reservada a su nombre.
Le he enviado la factura por correo.
Reservé una mesa para cuatro personas.
J'ai réservé une table pour deux personnes.
Je vous ai réservé une table pour 20 h.
Votre rendez-vous a été déplacé à mardi.
Votre commande a bien été annulée.
Votre réservation est confirmée.
C'est réservé !
Nous avons annulé votre rendez-vous.
Je viens de vérifier, et j'ai modifié votre réservation.
Je vous ai envoyé la facture par e-mail.
Reservei uma mesa para dois.
Já reservei sua mesa para as 20h.
Sua consulta foi alterada para terça-feira.
Seu pedido foi cancelado.
Reservado!
Sua reserva está confirmada.
Cancelei o seu pedido.
Enviei a fatura para o seu e-mail.
A reserva foi cancelada com sucesso.
Saya sudah memesan meja untuk dua orang.
Saya telah membatalkan pesanan Anda.
Meja Anda sudah dipesan.
Pesanan Anda telah dibatalkan.
Janji temu Anda berhasil diubah ke hari Selasa.
Reservasi Anda sudah dikonfirmasi.
Saya sudah mengirimkan fakturnya ke email Anda.
मैंने आपके लिए दो लोगों की टेबल बुक कर दी है।
आपका अपॉइंटमेंट मंगलवार को बदल दिया गया है।
आपका ऑर्डर रद्द कर दिया गया है।
आपकी टेबल बुक हो गई है।
मैंने आपका ऑर्डर कैंसिल कर दिया।
बुक हो गया!
हमने आपकी बुकिंग कन्फर्म कर दी है।
لقد حجزت لك طاولة لشخصين.
تم حجز طاولتك.
تم إلغاء طلبك.
تم تغيير موعدك إلى يوم الثلاثاء.
قمت بحجز طاولة لك الساعة الثامنة.
تم تأكيد الحجز.
لقد ألغينا طلبك.
تم الحجز!
لقد قمنا بإرسال الفاتورة إلى بريدك.
Perfect, your table for 6 has been booked for Saturday!
You're all set! I reserved a table under the name Ana.
I have successfully changed your order to two pizzas.
Your appointment on Monday was cancelled as you asked.
Order placed!
I just emailed you the invoice.
Okay, I've removed the onions from your order.
Done! Your new appointment is booked for 10 am.
Ich habe Ihre Bestellung soeben aufgegeben.
Erledigt, ich habe den Termin auf Montag verlegt.
Ihre Adresse wurde erfolgreich aktualisiert.
Ihr Tisch für vier Personen ist nun reserviert.
Der Tisch ist für Sie reserviert.
Ich habe Sie für den Kurs angemeldet.
Listo, he cambiado tu cita al lunes.
Tu mesa está reservada para el viernes a las 20:00.
Tu pedido ha sido realizado con éxito.
He realizado el pedido de dos pizzas.
Se ha cancelado su reserva.
Parfait, j'ai bien réservé votre table pour samedi.
Votre commande est annulée.
Le rendez-vous a été reporté à lundi.
J'ai passé votre commande.
Pronto, alterei sua reserva para sexta.
Sua mesa está reservada para sexta às 20h.
Fiz a sua reserva para quatro pessoas.
O pedido foi enviado com sucesso.
Baik, meja untuk 4 orang sudah saya pesan.
Saya telah mengubah reservasi Anda menjadi hari Jumat.
Pesananmu sudah dibatalkan ya.
ठीक है, मैंने आपकी बुकिंग रद्द कर दी है।
आपकी बुकिंग कन्फर्म हो गई है।
मैंने आपका पता अपडेट कर दिया है।
تم تعديل حجزك بنجاح.
لقد قمت بإلغاء موعدك.
تم إرسال الفاتورة إليك.
✅ Your table is booked for tonight at 8.
**Booked!** See you on Friday.
Great, I've booked you a table for 4 on Friday at 19:00 🎉
I have *cancelled* your order #17.
Thanks Ana! Your appointment has now been moved to Monday, 10 am.
You're booked in for Tuesday at 3 pm.
You are all booked for Friday!
Your reservation for two is confirmed!
Reservation confirmed: Friday 20:00, 2 people.
I went ahead and cancelled it.
I've made a reservation for you at 8.
I've made the change to your order.
Consider it done!
Perfect. The table's booked under Ana.
All sorted, I've put in your order.
I've now processed your refund.
Super, ich habe den Tisch für Sie reserviert. Bis Freitag!
Ihre Stornierung wurde durchgeführt.
✅ Termin gebucht: Montag, 10 Uhr.
Ich habe das für Sie erledigt.
Alles klar, Ihre Bestellung ist aufgegeben.
Ich hab dir einen Tisch reserviert.
¡Perfecto! Tu mesa para dos ha sido reservada para el viernes.
Tu reserva quedó confirmada para las 20:00.
Ya está: he cambiado la cita.
Listo, tu pedido quedó cancelado.
Su cita queda agendada para el lunes.
Parfait ! Votre table est réservée pour vendredi à 20 h.
C'est fait : votre commande a été annulée.
Ta réservation est bien confirmée.
Prontinho, sua mesa está reservada!
Cancelamento realizado com sucesso.
Seu agendamento foi confirmado para segunda.
Siap, pesanan Anda sudah saya batalkan.
Reservasi untuk 2 orang telah berhasil dibuat.
Selesai! Janji temu Anda sudah dipindahkan ke Senin.
आपकी बुकिंग रद्द कर दी गई है।
आपका ऑर्डर सफलतापूर्वक हो गया है।
जी, मैंने टेबल बुक कर दी है।
تم حجز الطاولة بنجاح.
لقد تم إلغاء حجزك بنجاح.
حجزك مؤكد يوم الجمعة.
Good news, your table for five on Sunday has been reserved.
I have just placed your order for three coffees.
Your delivery address was changed to Main Street 5.
Okay, I've moved your appointment from Monday to Thursday.
Your subscription has been cancelled and you won't be charged again.
I've emailed the invoice to ana@example.com.
The refund was processed today.
I have registered you for the workshop on Saturday.
Your table's been booked.
Ich habe soeben Ihre Adresse geändert.
Ihr Abo wurde gekündigt.
Ihre Bestellung ist bestätigt und aufgegeben.
Ich habe den Betrag erstattet.
Wir haben für Sie einen Tisch am Fenster reserviert.
Die Reservierung wurde auf 21 Uhr geändert.
Ya he anulado su suscripción.
Le he cambiado la dirección de entrega.
Su reembolso ha sido procesado.
Agendé su cita para el jueves a las 10.
La reserva fue modificada.
J'ai annulé votre abonnement.
Votre adresse a été mise à jour.
Je vous ai inscrit à l'atelier de samedi.
Nous vous avons réservé une table en terrasse.
Votre remboursement a été effectué.
Cancelei a sua assinatura.
Seu endereço foi atualizado.
Agendei sua consulta para quinta às 10h.
O seu reembolso foi processado.
Já enviei a fatura.
Saya telah mendaftarkan Anda untuk lokakarya hari Sabtu.
Alamat pengiriman Anda sudah diubah.
Langganan Anda telah dibatalkan.
मैंने आपका नाम सूची में जोड़ दिया है।
आपका पता बदल दिया गया है।
मैंने आपको चालान ईमेल से भेज दिया है।
لقد قمت بتغيير عنوانك.
تم إلغاء اشتراكك.
تم تسجيلك في ورشة العمل.
لقد أرسلت لك الفاتورة.
"""
