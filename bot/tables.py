"""Every table of the house in one metadata, for migrations and for nothing else."""

from importlib import import_module

from sqlalchemy import MetaData

OWNERS = (
    "adapters.chat.staff_room.room",
    "adapters.chat.staff_room.session",
    "adapters.sources.nonce",
    "bot.replay_mark",
    "casework.approval",
    "casework.button",
    "casework.case",
    "casework.deadline",
    "casework.delegation",
    "casework.delivery",
    "casework.drafting.draft",
    "casework.drafting.errand",
    "casework.drafting.revision",
    "casework.followup",
    "casework.folding",
    "casework.inbox",
    "casework.model_call",
    "casework.mute",
    "casework.promise",
    "casework.publication",
    "casework.questioning",
    "casework.staff",
    "knowledge_base.citing",
    "knowledge_base.clause",
    "knowledge_base.document",
    "knowledge_base.past_case",
    "monitoring.event",
    "monitoring.event_voice",
    "monitoring.item",
    "monitoring.item_band",
    "monitoring.line_hour",
    "monitoring.snapshot",
    "monitoring.source",
    "monitoring.source_hour",
    "monitoring.tier_proposal",
    "storage.audit",
)
"""The modules that declare tables."""


def metadata() -> MetaData:
    """Import all modules that own tables and return what they declared."""
    from sqlmodel import SQLModel

    for owner in OWNERS:
        import_module(owner)
    return SQLModel.metadata
