"""What the LLM is told of pictures that it is shown, or was shown before."""

from db.records import SeenMedia

SHOWN = "[The user sent picture {} here; it stands behind the user's last message.]"
NOT_SHOWN = "[The user sent a picture here, which is not shown any more.]"
LABEL = "[Picture {}:]"
LABEL_OF_QUOTED = "[Picture {}, to which the user replies:]"


def describe_picture(seen: SeenMedia) -> str | None:
    """Return the words for a picture that is for the LLM's eyes; None for others."""
    if seen.shown_as is not None:
        return SHOWN.format(seen.shown_as)
    is_for_eyes = seen.state == "read" and not seen.text_by
    is_picture = seen.media_type.startswith("image/")
    return NOT_SHOWN if is_picture and is_for_eyes else None
