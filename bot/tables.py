"""Every table of the house in one metadata, for migrations and for nothing else."""

from sqlalchemy import MetaData


def metadata() -> MetaData:
    """Import all modules that own tables and return what they declared."""
    import adapters.chat.staff_room.room
    import casework.approval
    import casework.button
    import casework.case
    import casework.deadline
    import casework.delivery
    import casework.drafting.draft
    import casework.publication
    import casework.staff
    import knowledge_base.clause
    import knowledge_base.document
    import knowledge_base.past_case
    import monitoring.event
    import monitoring.item
    import monitoring.source
    import storage.audit  # noqa: F401
    from sqlmodel import SQLModel

    return SQLModel.metadata
