"""Guards in the database itself: an author never approves, an approval is of exactly that text, nothing is published without its approvals."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RULES = {
    "approval_by_author": ("approval", "EXISTS (SELECT 1 FROM reply_author WHERE version_id = NEW.version_id AND staff_id = NEW.approver_id)"),
    "approval_of_other_text": (
        "approval",
        "NOT EXISTS (SELECT 1 FROM reply_version WHERE id = NEW.version_id AND bound_hash = NEW.bound_hash AND state = 'submitted')",
    ),
    "author_after_approval": (
        "reply_author",
        "EXISTS (SELECT 1 FROM approval WHERE version_id = NEW.version_id AND approver_id = NEW.staff_id AND voided_at IS NULL)",
    ),
    "published_without_approval": (
        "publication",
        "(SELECT count(*) FROM approval a JOIN reply_version v ON v.id = a.version_id AND v.bound_hash = a.bound_hash"
        " WHERE v.id = NEW.version_id AND a.voided_at IS NULL)"
        " < (SELECT required_approvals FROM reply_version WHERE id = NEW.version_id)",
    ),
}
"""Name of the guard: the table whose new rows it watches, and what must not hold."""

FROZEN = ("text", "bound_hash", "required_approvals", "level", "event_revision")
"""Columns of a reply version that never change."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _upgrade_postgresql()
    else:
        _upgrade_sqlite()


def _upgrade_sqlite() -> None:
    for name, (table, broken) in RULES.items():
        op.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {broken} BEGIN SELECT RAISE(ABORT, '{name}'); END")
    op.execute(
        f"CREATE TRIGGER reply_version_frozen BEFORE UPDATE OF {', '.join(FROZEN)} ON reply_version BEGIN SELECT RAISE(ABORT, 'reply_version_frozen'); END"
    )


def _upgrade_postgresql() -> None:
    for name, (table, broken) in RULES.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {broken} THEN"
            f" RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    op.execute(
        "CREATE FUNCTION reply_version_frozen() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'reply_version_frozen' USING ERRCODE = 'check_violation'; END $$"
    )
    op.execute(f"CREATE TRIGGER reply_version_frozen BEFORE UPDATE OF {', '.join(FROZEN)} ON reply_version FOR EACH ROW EXECUTE FUNCTION reply_version_frozen()")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table in [*((name, table) for name, (table, _) in RULES.items()), ("reply_version_frozen", "reply_version")]:
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
