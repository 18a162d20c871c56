"""`wensheng demo --headless`: the whole path of one post, as it would be seen in the staff's chat."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import typer

from adapters.sources.opening import SourceReaders
from bot.bootstrap import open_house, read_library, worker_name
from bot.commands.dispatcher import Dispatcher
from bot.courier import Courier
from bot.demo import furnish, stage
from bot.house import House
from bot.timekeeper import Timekeeper
from bot.watcher import Watcher
from casework.case import case_by_number
from casework.chat import ChatCapabilities, CommandHandler, Incoming
from casework.drafting.draft import FactSlot
from casework.drafting.editing import candidate_text, candidates_of, latest_draft
from casework.drafting.slots import open_slots, slots_of
from casework.message import Card, CardKind
from casework.promise_ledger import numbered
from prompts import say, words
from storage import audit
from storage.clock import CHINA, ManualClock

PLATFORM, GROUP = "staff_room", "duty"
STEP = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)
STEPS_BEFORE_CLAIM = 5
GRAVE = (1, 2)
FIRST_LOOK = timedelta(hours=1, minutes=1)
"""After publication; then the first look at how the public took it has been given."""


@dataclass
class PrintedChat:
    """A chat that prints every card; what was said last about each case is kept."""

    clock: ManualClock
    alerts: dict[str, Card] = field(default_factory=dict)
    platform = PLATFORM
    capabilities = ChatCapabilities(buttons=True, edits=True, approvals=True, domestic=True, deduplicates=True)

    async def __aenter__(self) -> "PrintedChat":
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def send(self, chat: str, card: Card, key: str) -> str:
        """Print a new card."""
        if card.kind is CardKind.ALERT:
            self.alerts.setdefault(card.case_number, card)
        if chat == GROUP:
            show(self.clock.now(), say("demo.bot"), card)
        return key

    async def edit(self, chat: str, reference: str, card: Card) -> None:
        """Print the new face of a card in short."""
        if chat == GROUP:
            typer.secho(say("demo.edited", at=f"{self.clock.now():%H:%M}", head=card.head, title=card.title), fg="bright_black")

    async def incoming(self, handler: CommandHandler) -> None:
        """The transcript hands the orders over itself."""
        del handler


@dataclass(frozen=True)
class Stage:
    """The house with a printed chat and the people who speak in it."""

    house: House
    clock: ManualClock
    chat: PrintedChat
    watcher: Watcher
    courier: Courier
    timekeeper: Timekeeper
    dispatcher: Dispatcher

    async def pass_time(self, step: timedelta) -> None:
        """Let posts come in, cards go out and clocks run for a while."""
        self.clock.move_to(self.clock.now() + step)
        await self.watcher.poll_due()
        await self.timekeeper.turn()
        await self.deliver()

    async def deliver(self) -> None:
        """Send everything that is due."""
        while await self.courier.deliver_due():
            pass

    async def says(self, name: str, text: str) -> str:
        """A member of staff speaks in the group; the answer is printed and returned as text."""
        typer.secho(say("demo.person", at=f"{self.clock.now():%H:%M}", name=name, text=text), fg="cyan", bold=True)
        response = await self.dispatcher.handle(Incoming(PLATFORM, GROUP, ACCOUNTS[name], text=text, mentioned=True))
        for card in response.cards if response else ():
            show(self.clock.now(), say("demo.bot"), card)
        await self.deliver()
        self.clock.move_to(self.clock.now() + timedelta(minutes=1))
        return "\n".join(card.as_text() for card in response.cards) if response else ""


ACCOUNTS = {"李雯": "liwen", "王磊": "wanglei", "周明": "zhouming", "陈静": "chenjing"}


def show(at: datetime, author: str, card: Card) -> None:
    """Print a card as it reads on a phone."""
    typer.secho(f"\n┌ {at:%H:%M} {author}", fg="bright_black")
    for line in card.as_text().splitlines():
        typer.echo(f"│ {line}")
    for row in card.buttons:
        typer.echo("│ " + " ".join(f"[{button.label}]" for button in row))


@contextlib.asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    """The sample city with nobody watching but the terminal, shortly before the live part."""
    scene = stage(folder, 0, datetime.now(CHINA), only_live=True)
    clock = ManualClock(scene.live)
    async with open_house(scene.settings, clock=clock) as house, SourceReaders() as readers:
        await furnish(house)
        chat = PrintedChat(clock)
        chats = {PLATFORM: chat}
        yield Stage(
            house, clock, chat,
            Watcher(house.database, clock, house.desk, readers.open, house.stirred, at_once=1),
            Courier(house.database, clock, chats, worker_name()),
            Timekeeper(house.database, clock, house.desk, house.anchor, house.stirred),
            Dispatcher(house, chats),
        )  # fmt: skip


async def headless() -> int:
    """Print the whole path of one post. Returns 0 when it came to its end, 1 otherwise."""
    with tempfile.TemporaryDirectory(prefix="wensheng-demo-") as folder:
        async with open_stage(Path(folder)) as scene:
            number = await _alert(scene)
            await _answer(scene, number)
            await _learnt(scene, number)
            return await _audited(scene)


async def _alert(scene: Stage) -> str:
    """Wait for a grave alert about the night market. Returns its number."""
    typer.secho(say("demo.act_alert"), bold=True)
    deadline = scene.clock.now() + LONGEST_WAIT
    while scene.clock.now() < deadline:
        await scene.pass_time(STEP)
        for number, card in scene.chat.alerts.items():
            if card.level in GRAVE and say("demo.scene") in card.as_text():
                for _ in range(STEPS_BEFORE_CLAIM):
                    await scene.pass_time(STEP)
                return number
    raise RuntimeError("the sample city raised no grave alert")


async def _answer(scene: Stage, number: str) -> None:
    """Claim, ask, draft, fill, submit, be refused, approve twice, publish."""
    typer.secho(say("demo.act_answer"), bold=True)
    await scene.says("李雯", f"认领 {number}")
    await scene.says("王磊", f"认领 {number}")
    await scene.says("李雯", say("demo.policy_question"))
    await scene.says("李雯", f"拟稿 {number}")
    await scene.says("李雯", f"送签 {number} 1")
    await _fill(scene, number)
    await scene.says("李雯", f"送签 {number} 1")
    for name in ("李雯", "周明", "陈静"):
        await scene.says(name, f"签发 {number}")
    await scene.says("李雯", f"已发 {number} https://example.invalid/lanting/1")
    await scene.pass_time(FIRST_LOOK)
    await _keep_promises(scene, number)


async def _keep_promises(scene: Stage, number: str) -> None:
    """Show how each thing was kept that the reply promised."""
    await scene.says("周明", f"承诺 {number}")
    async with scene.house.database.reading() as session:
        case = await case_by_number(session, number)
        standing = [ordinal for ordinal, promise in await numbered(session, case) if promise.is_open] if case else []
    for ordinal in standing:
        await scene.says("李雯", f"兑现 {number} {ordinal} {say('demo.kept')}")


async def _fill(scene: Stage, number: str) -> None:
    """Give every fact that the first candidate needs a value, with how and by whom it was verified."""
    facts = words("demo.facts")
    for slot in await _missing(scene.house, number):
        value = next((value for cue, value in facts.items() if cue in slot.name), facts["其他"])
        await scene.says("李雯", f"补充 {number} {slot.ordinal} {value} 核实：{say('demo.how')}，周队")


async def _missing(house: House, number: str) -> list[FactSlot]:
    async with house.database.reading() as session:
        case = await case_by_number(session, number)
        draft = await latest_draft(session, case) if case else None
        if case is None or draft is None:
            return []
        needed = open_slots(candidate_text((await candidates_of(session, draft))[0]))
        return [slot for slot in await slots_of(session, case) if slot.name in needed and slot.value is None]


async def _learnt(scene: Stage, number: str) -> None:
    typer.secho(say("demo.act_learnt"), bold=True)
    await scene.says("李雯", f"办结 {number} {say('demo.outcome_market')}")
    await read_library(scene.house)
    await scene.says("王磊", say("demo.past_question"))
    await scene.says("王磊", say("demo.figures_question"))
    await scene.says("王磊", f"{number} 怎么样了？")


async def _audited(scene: Stage) -> int:
    async with scene.house.database.reading() as session:
        report = await audit.verify(session)
    typer.secho(say("cli.audit_holds", entries=report.entries, head=report.head[:16]), fg="green")
    return int(report.broken_at is not None)
