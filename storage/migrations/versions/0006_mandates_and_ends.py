"""More guards in the database itself: nobody's word counts twice, a deputy signs by a mandate that holds, what has ended stays ended."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPROVES = "{person}.active AND CAST({person}.roles AS TEXT) LIKE '%\"approver\"%'"
STANDING = (
    "(SELECT count(*) FROM approval a JOIN reply_version v ON v.id = a.version_id AND v.bound_hash = a.bound_hash"
    " WHERE v.id = NEW.version_id AND a.voided_at IS NULL)"
)
EXPIRED = "EXISTS (SELECT 1 FROM reply_version WHERE id = NEW.version_id AND expires_at <= NEW.requested_at)"
DOUBT = (
    "EXISTS (SELECT 1 FROM publication p WHERE p.case_id = NEW.case_id AND p.version_id <> NEW.version_id"
    " AND p.state IN ('publishing', 'uncertain'))"
)
ENDED = "('returned', 'withdrawn', 'void', 'published')"

GUARDS = {
    "approval_without_authority": (
        "INSERT ON approval",
        "(NEW.delegation_id IS NULL AND NOT EXISTS (SELECT 1 FROM staff_member s WHERE s.id = NEW.approver_id AND "
        + APPROVES.format(person="s")
        + ")) OR (NEW.delegation_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM delegation d"
        " JOIN staff_member s ON s.id = d.principal_id JOIN staff_member p ON p.id = d.deputy_id"
        " WHERE d.id = NEW.delegation_id AND d.deputy_id = NEW.approver_id AND d.confirmed_at IS NOT NULL AND d.ended_at IS NULL"
        " AND d.starts_at <= NEW.at AND NEW.at < d.ends_at AND p.active AND " + APPROVES.format(person="s") + "))",
    ),
    "approval_for_author": (
        "INSERT ON approval",
        "EXISTS (SELECT 1 FROM delegation d JOIN reply_author r ON r.staff_id = d.principal_id"
        " WHERE d.id = NEW.delegation_id AND r.version_id = NEW.version_id)",
    ),
    "approval_counted_twice": (
        "INSERT ON approval",
        "EXISTS (SELECT 1 FROM approval a LEFT JOIN delegation d ON d.id = a.delegation_id"
        " LEFT JOIN delegation n ON n.id = NEW.delegation_id"
        " WHERE a.version_id = NEW.version_id AND a.voided_at IS NULL"
        " AND (a.approver_id = n.principal_id OR d.principal_id = NEW.approver_id OR d.principal_id = n.principal_id))",
    ),
    "approval_moved": ("UPDATE OF delegation_id ON approval", "1 = 1"),
    "author_after_deputy_signed": (
        "INSERT ON reply_author",
        "EXISTS (SELECT 1 FROM approval a JOIN delegation d ON d.id = a.delegation_id"
        " WHERE a.version_id = NEW.version_id AND d.principal_id = NEW.staff_id AND a.voided_at IS NULL)",
    ),
    "mandate_altered": (
        "UPDATE ON delegation",
        "NEW.principal_id <> OLD.principal_id OR NEW.deputy_id <> OLD.deputy_id OR NEW.starts_at <> OLD.starts_at"
        " OR NEW.ends_at <> OLD.ends_at OR NEW.named_by <> OLD.named_by OR NEW.named_at <> OLD.named_at"
        " OR (OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_at IS NULL OR NEW.confirmed_by <> OLD.confirmed_by))"
        " OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at > OLD.ended_at))",
    ),
    "mandate_born_confirmed": ("INSERT ON delegation", "NEW.confirmed_at IS NOT NULL OR NEW.ended_at IS NOT NULL"),
    "mandate_removed": ("DELETE ON delegation", "1 = 1"),
    "version_moved": ("UPDATE OF draft_id, candidate_ordinal, strategy, channel, created_by ON reply_version", "1 = 1"),
    "version_removed": ("DELETE ON reply_version", "1 = 1"),
    "version_revived": ("UPDATE OF state ON reply_version", f"OLD.state IN {ENDED} AND NEW.state <> OLD.state"),
    "version_without_end": ("UPDATE OF state ON reply_version", "NEW.state = 'approved' AND NEW.expires_at IS NULL"),
    "end_put_off": (
        "UPDATE OF expires_at ON reply_version",
        "OLD.expires_at IS NOT NULL AND (NEW.expires_at IS NULL OR NEW.expires_at > OLD.expires_at)",
    ),
    "published_after_end": ("INSERT ON publication", EXPIRED),
    "publishing_without_approval": (
        "UPDATE OF state ON publication",
        f"NEW.state = 'publishing' AND ({EXPIRED} OR {STANDING} < (SELECT required_approvals FROM reply_version WHERE id = NEW.version_id))",
    ),
    "publication_taken_back": (
        "UPDATE OF state, link, published_at ON publication",
        "OLD.state = 'published' AND (NEW.state <> 'published' OR NEW.link <> OLD.link OR NEW.published_at <> OLD.published_at)",
    ),
    "publication_born_beside_doubt": ("INSERT ON publication", DOUBT),
    "publishing_beside_doubt": ("UPDATE OF state ON publication", f"NEW.state = 'publishing' AND {DOUBT}"),
    "publication_removed": ("DELETE ON publication", "1 = 1"),
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
        op.execute(f"DROP TRIGGER {name}" + (f" ON {change.split()[-1]}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
