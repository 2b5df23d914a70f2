"""${message}"""
# ruff: noqa: E501 - the texts of rules cannot be broken

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """Take the step."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """There is no step back: restore the copy that was made before the step."""
    raise NotImplementedError("restore the copy of the database that was made before the upgrade")
