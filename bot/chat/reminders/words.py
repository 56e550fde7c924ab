"""How /reminders is called in each language."""

REMINDERS = {
    "en": ("reminder",),
    "es": ("recordatorios", "recordatorio"),
    "pt": ("lembretes", "lembrete"),
    "de": ("erinnerungen", "erinnerung"),
    "fr": ("rappels", "rappel"),
    "id": ("pengingat",),
    "hi": ("रिमाइंडर", "अनुस्मारक"),
    "ar": ("التذكيرات", "تذكيرات", "تذكير"),
}
