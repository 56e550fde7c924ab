<%!
    import re

    def plain(operations):
        """Drop Alembic's remarks around them."""
        lines = operations.splitlines()
        return "\n".join(x for x in lines if not x.lstrip().startswith("# ###")).strip()
%><%
    uses_sqlalchemy = re.search(r"\bsa\.[A-Za-z]+\(", f"{upgrades} {downgrades}")
%>"""${message}."""

% if uses_sqlalchemy:
import sqlalchemy as sa
% endif
from alembic import op
% if imports:
${imports}
% endif

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${plain(upgrades)}


def downgrade() -> None:
    ${plain(downgrades)}
