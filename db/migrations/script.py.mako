<%!
    import re

    def plain(operations):
        """Drop Alembic's remarks around them."""
        lines = operations.splitlines()
        return "\n".join(x for x in lines if not x.lstrip().startswith("# ###")).strip()
%><%
    dropped = re.findall(
        r"op\.drop_(?:table|column)\(\s*['\"]([^'\"]+)['\"](?:,\s*['\"]([^'\"]+))?",
        downgrades,
    )
    loses = ", ".join(".".join(filter(None, names)) for names in dropped) or None
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
LOSES = ${repr(loses)}


def upgrade() -> None:
    ${plain(upgrades)}


def downgrade() -> None:
    ${plain(downgrades)}
