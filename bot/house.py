"""Everything that the running program consists of, as one value."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import Settings
from casework.desk import Desk
from casework.drafting.reviser import Reviser
from casework.drafting.writer import ReplyWriter
from casework.publication import ReplyPublisher
from casework.rehearsal.model_reader import ModelReader
from monitoring.advice import LevelAdvisor
from retrieval.library import Library
from retrieval.model import LanguageModel
from storage.clock import Clock
from storage.engine import Database


@dataclass(frozen=True)
class House:
    """What bootstrap wired.

    Attributes:
        writer: drafts replies at once.
        model_writer: writes anew with a model what `writer` drafted; None where no model is configured.
        reviser: rewords replies as people wish.
        rehearser: a model that reads what waits for approval with ill will; None where none is configured for it.
        advisor: a model that may raise levels; None where none is configured for it.
        model: puts answers into plain words; None where no model is configured.
        publishers: by channel, who publishes there without a person's hand; a channel without one is published by hand.
        anchor: the file outside the database that the head of the audit chain is noted in.
        stirred: set after every change, so that the loops look at once instead of at their next turn.
        shelved: set once the knowledge base has been read for the first time; whoever searches waits for it.
        public_url: address of the web staff room as staff can open it.
    """

    settings: Settings
    database: Database
    clock: Clock
    desk: Desk
    library: Library
    writer: ReplyWriter
    anchor: Path
    advisor: LevelAdvisor | None = None
    rehearser: ModelReader | None = None
    public_url: str = ""
    model_writer: ReplyWriter | None = None
    reviser: Reviser = field(default_factory=Reviser)
    model: LanguageModel | None = None
    publishers: Mapping[str, ReplyPublisher] = field(default_factory=dict)
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    shelved: asyncio.Event = field(default_factory=asyncio.Event)
