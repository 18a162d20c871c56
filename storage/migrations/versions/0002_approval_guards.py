"""Guards in the database itself: an author never approves, an approval is of exactly that text, nothing is published without its approvals."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ENOUGH = (
    "(SELECT count(*) FROM approval a JOIN reply_version v ON v.id = a.version_id AND v.bound_hash = a.bound_hash"
    " WHERE v.id = {version} AND a.voided_at IS NULL) < (SELECT required_approvals FROM reply_version WHERE id = {version})"
)

GUARDS = {
    "approval_by_author": (
        "INSERT ON approval",
        "EXISTS (SELECT 1 FROM reply_author WHERE version_id = NEW.version_id AND staff_id = NEW.approver_id)",
    ),
    "approval_of_other_text": (
        "INSERT ON approval",
        "NEW.voided_at IS NOT NULL OR"
        " NOT EXISTS (SELECT 1 FROM reply_version WHERE id = NEW.version_id AND bound_hash = NEW.bound_hash AND state = 'submitted')",
    ),
    "approval_altered": (
        "UPDATE ON approval",
        "NEW.version_id <> OLD.version_id OR NEW.approver_id <> OLD.approver_id OR NEW.bound_hash <> OLD.bound_hash OR NEW.at <> OLD.at"
        " OR (OLD.voided_at IS NOT NULL AND NEW.voided_at IS NULL)",
    ),
    "approval_removed": ("DELETE ON approval", "1 = 1"),
    "author_after_approval": (
        "INSERT ON reply_author",
        "EXISTS (SELECT 1 FROM approval WHERE version_id = NEW.version_id AND approver_id = NEW.staff_id AND voided_at IS NULL)",
    ),
    "author_altered": ("UPDATE ON reply_author", "1 = 1"),
    "author_removed": ("DELETE ON reply_author", "1 = 1"),
    "version_born_approved": ("INSERT ON reply_version", "NEW.state <> 'editing'"),
    "version_altered": ("UPDATE OF case_id, number, text, citations, bound_hash, required_approvals, level, event_revision ON reply_version", "1 = 1"),
    "version_without_approvals": (
        "UPDATE OF state ON reply_version",
        "NEW.state IN ('approved', 'published') AND " + ENOUGH.format(version="NEW.id"),
    ),
    "published_without_approval": ("INSERT ON publication", ENOUGH.format(version="NEW.version_id")),
    "publication_altered": ("UPDATE OF case_id, version_id, text_hash ON publication", "1 = 1"),
}
"""Name of the guard: the change that it watches, and what must not hold of it."""


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, (change, broken) in GUARDS.items():
        if postgresql:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {broken} THEN"
                f" RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} BEFORE {change} FOR EACH ROW EXECUTE FUNCTION {name}()")
        else:
            op.execute(f"CREATE TRIGGER {name} BEFORE {change} WHEN {broken} BEGIN SELECT RAISE(ABORT, '{name}'); END")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, (change, _) in GUARDS.items():
        op.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {change.split()[-1]}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
