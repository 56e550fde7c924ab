"""Tables of broadcasts, and of who wants them."""

from db.models.broadcasts.tables import broadcast_recipients, broadcasts, opt_ins

__all__ = ["broadcast_recipients", "broadcasts", "opt_ins"]
