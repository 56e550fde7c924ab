"""The operator who asks: found by the log-in's cookie, for each request anew."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from flask_login import UserMixin, current_user

from bot.console.permissions import May, may


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operator(UserMixin):  # type: ignore[misc]
    """Somebody who is logged in."""

    user_id: UUID
    name: str
    email: str | None
    role: str

    def get_id(self) -> str:
        """Return what Flask-Login calls them by."""
        return str(self.user_id)

    def may(self, permission: May) -> bool:
        """Tell whether they may do that."""
        return may(self.role, permission)


def operator() -> Operator:
    """Return who asks, in a view that needs a permission."""
    return cast(Operator, current_user)
