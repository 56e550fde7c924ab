CREATE OR REPLACE VIEW failed_deliveries AS
SELECT parts.part_id, parts.chat_id, parts.user_id, parts.address, users.full_name,
       parts.status, parts.error_code,
       CASE WHEN parts.status = 'canceled' AND parts.message_sid IS NULL
           AND parts.author = 'fallback'
         THEN 'nothing waited for the user any more'
         WHEN parts.status = 'canceled' AND parts.message_sid IS NULL
           AND parts.author = 'bot' AND parts.created_at < users.taken_at
         THEN 'a person took the chat over before it was sent'
         -- broadcasts
         WHEN parts.status = 'canceled' AND parts.message_sid IS NULL
           AND parts.author = 'broadcast'
         THEN 'a person had the chat by then, or the user wanted no broadcasts'
         -- others
         WHEN parts.status = 'canceled' AND parts.message_sid IS NULL
         THEN 'the user wrote STOP before it was sent'
         ELSE CASE parts.error_code
         WHEN 21610 THEN 'the user opted out at Twilio'
         WHEN 63001 THEN 'Twilio''s channel is set up wrongly'
         WHEN 63003 THEN 'the address is not on WhatsApp'
         WHEN 63005 THEN 'WhatsApp refused the content'
         WHEN 63007 THEN 'TWILIO_WHATSAPP_NUMBER is not this account''s'
         WHEN 63014 THEN 'the user blocked the number'
         WHEN 63015 THEN 'the user has not joined the sandbox'
         WHEN 63016 THEN 'outside the service window of 24 hours'
         WHEN 63024 THEN 'the address is not on WhatsApp'
         WHEN 63018 THEN 'more than the number may send'
         WHEN 63040 THEN 'WhatsApp rejected the template'
         WHEN 63041 THEN 'WhatsApp paused the template'
         WHEN 63042 THEN 'WhatsApp disabled the template'
         WHEN 63049 THEN 'WhatsApp chose not to deliver it'
       END END AS meaning,
       parts.attempts, parts.body, parts.created_at, parts.updated_at AS failed_at,
       parts.message_sid
FROM reply_parts AS parts JOIN users ON users.user_id = parts.user_id
WHERE is_failed(parts.status);
