"""The one place where everything is wired; every part can be replaced by argument."""

import contextlib
import hashlib
import socket
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.faults import StartError
from bot.house import House
from bot.metering import Meter
from bot.publishers import open_publishers
from bot.settings import Settings
from bot.tables import metadata
from casework.chat import StaffChat
from casework.checks.kinds import chosen
from casework.desk import Alerting, Approving, Department, Desk
from casework.drafting.composer import EmbeddedWriter
from casework.drafting.reviser import Reviser
from casework.drafting.writer import ReplyWriter
from casework.model_call import Prices, Purpose
from knowledge_base.region import Region
from monitoring.own_weights import FOLDER
from monitoring.watch import build_watch
from retrieval.library import Library
from retrieval.model import Embedder, LanguageModel
from storage.clock import Clock, SystemClock
from storage.engine import Database
from storage.errors import DatabaseUnavailable
from storage.migrations import upgrade
from storage.seal import Seal, load_or_create_seal

SEAL_FILE = "seal.key"
ANCHOR_FILE = "audit.anchor"
INDEX_FOLDER = "index"


@contextlib.asynccontextmanager
async def open_house(
    settings: Settings, *, clock: Clock | None = None, writer: ReplyWriter | None = None, index: bool = True, wait: bool = True
) -> AsyncIterator[House]:
    """Open the database, bring it to this version's schema, load the knowledge base and wire the parts.

    Args:
        clock: another clock, for a demonstration or a replay.
        writer: another drafter.
        index: False leaves the knowledge base unloaded, for commands that do not search.
        wait: False lets `library_work.follow_library` read the knowledge base later, for a program that is to be ready at once.

    Raises:
        StartError, StorageError, PolicyError: one sentence each.
    """
    clock = clock or SystemClock()
    _prepare_folder(settings.data_dir)
    seal = load_or_create_seal(settings.data_dir / SEAL_FILE)
    async with contextlib.AsyncExitStack() as opened:
        database = await opened.enter_async_context(Database(settings.database_address))
        await _migrate(database)
        folder = settings.data_dir / INDEX_FOLDER if index else None
        library = await opened.enter_async_context(Library.open(folder, _embedder(settings)))
        await _seat_staff(database, settings, clock)
        house = House(
            settings=settings,
            database=database,
            clock=clock,
            desk=build_desk(settings, seal),
            library=library,
            writer=writer or EmbeddedWriter(),
            **_model_parts(settings, Meter(database, clock, Prices(settings.model.price_in, settings.model.price_out))),
            publishers=await opened.enter_async_context(open_publishers(settings, clock)),
            anchor=settings.data_dir / ANCHOR_FILE,
            public_url=settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}",
        )
        if index and wait:
            await read_library(house)
        yield house


async def read_library(house: House) -> None:
    """Bring the index level with the rows; who waited for it may search."""
    async with house.database.reading() as session:
        await house.library.refresh(session)
    house.shelved.set()


def build_desk(settings: Settings, seal: Seal | None) -> Desk:
    """The department as one value."""
    about, alerts = settings.department, settings.alerts
    watch = build_watch(
        names=about.names, province=about.province, city=about.city,
        gazetteer=settings.gazetteer, gazetteer_file=settings.gazetteer_file,
        policy_file=settings.grading_policy, rules_file=settings.relevance_rules, salt=_salt(settings.data_dir), seal=seal,
        learned_folder=settings.data_dir / FOLDER,
    )  # fmt: skip
    return Desk(
        department=Department(
            about.name, about.short_name or about.name, Region(about.province, about.city), about.names, about.duty_phone
        ),
        watch=watch,
        alerting=Alerting(
            group_wait=alerts.group_wait,
            update_every=alerts.update_every,
            ringing_levels=alerts.ringing_levels,
            digest_times=alerts.digest_times,
            quiet_from=alerts.quiet_from,
            quiet_until=alerts.quiet_until,
            flood_cards=alerts.flood_cards,
            flood_window=alerts.flood_window,
        ),
        allowed_links=settings.allowed_links,
        checks=chosen(settings.checks),
        channel_hosts={channel: hosts for channel, hosts in settings.publishing.hosts.items() if hosts},
        ai_label=settings.publishing.ai_label,
        approving=_approving(settings),
    )


def _approving(settings: Settings) -> Approving:
    about = settings.approval
    return Approving(
        valid_for=timedelta(hours=about.valid_hours), grave_valid_for=timedelta(hours=about.grave_valid_hours),
        remind_after=timedelta(minutes=about.remind_minutes), grave_remind_after=timedelta(minutes=about.grave_remind_minutes),
    )  # fmt: skip


def build_chats(house: House, *, open_login: bool = False) -> Mapping[str, StaffChat]:
    """The chat platforms that the settings name, not yet connected."""
    settings = house.settings
    chats: dict[str, StaffChat] = {}
    if settings.web.enabled:
        chats["staff_room"] = _staff_room(house, open_login=open_login)
    if settings.telegram.token:
        from adapters.chat.telegram.chat import TelegramChat

        token, pages = settings.telegram.token.get_secret_value(), house.public_url
        chats["telegram"] = (
            TelegramChat(token, base_url=settings.telegram.api_url, pages_url=pages)
            if settings.telegram.api_url
            else TelegramChat(token, pages_url=pages)
        )
    if settings.wechat.endpoint:
        chats["wechat"] = _wechat(settings)
    return chats


def worker_name() -> str:
    """How this process signs its leases; the same after a restart, so that it finds what it held when it was killed."""
    return f"run@{socket.gethostname()}"


def _prepare_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StartError(f"数据目录 {folder} 无法创建：{error.strerror}。请检查 data_dir 的路径和权限。") from error


async def _migrate(database: Database) -> None:
    from sqlalchemy.exc import DBAPIError

    try:
        await upgrade(database.engine, metadata())
    except (DBAPIError, OSError) as error:
        told = getattr(error, "orig", error)
        cause = str(told.__cause__ or told)
        raise DatabaseUnavailable(f"数据库打不开：{cause}。请检查路径、权限、磁盘空间，或 PostgreSQL 的地址。") from error


async def _seat_staff(database: Database, settings: Settings, clock: Clock) -> None:
    from casework.handover import first_on_duty, hand_over
    from casework.roster import seat_staff
    from monitoring.polling import sync_sources

    async with database.transaction() as session:
        first = await first_on_duty(session)
        await seat_staff(session, settings.staff, settings.groups, settings.duty_roster, clock.now())
        await hand_over(session, first, clock.now())
        await sync_sources(session, [source.model_dump() for source in settings.sources], clock.now())


def _salt(data_dir: Path) -> bytes:
    return hashlib.sha256(b"authors" + (data_dir / SEAL_FILE).read_bytes()).digest()


def _model_parts(settings: Settings, meter: Meter) -> dict[str, Any]:
    """Everything of the house that a language model stands behind; nothing where none is configured. Each request is accounted for."""
    about = settings.model
    if not about.name:
        return {}
    from adapters.models.level_advisor import ModelAdvisor
    from adapters.models.openai_compatible import OpenAICompatibleModel
    from casework.drafting.model_writer import ModelWriter
    from casework.rehearsal.model_reader import ModelReader

    def model(purpose: Purpose) -> LanguageModel:
        key = about.api_key.get_secret_value() if about.api_key else ""
        return OpenAICompatibleModel(
            about.name, base_url=about.base_url, api_key=key, domestic=about.domestic, timeout_seconds=about.timeout_seconds,
            record=meter.recorder(purpose),
        )  # fmt: skip

    return {
        "model": model(Purpose.ANSWER),
        "model_writer": ModelWriter(model(Purpose.DRAFT), EmbeddedWriter()),
        "reviser": Reviser(model(Purpose.REVISION)),
        "advisor": ModelAdvisor(model(Purpose.LEVEL)) if about.advises_levels else None,
        "rehearser": ModelReader(model(Purpose.REHEARSAL)) if about.rehearses else None,
    }


def _embedder(settings: Settings) -> Embedder | None:
    """The embedder that the settings name; None is the embedded one."""
    about = settings.embedder
    if about.kind == "embedded":
        return None
    from adapters.models.embedders import EmbedderAddress, ollama, open_ai_compatible, sentence_transformers

    key = about.api_key.get_secret_value() if about.api_key else ""
    address = EmbedderAddress(about.model, about.dimensions, about.base_url, key, about.timeout_seconds)
    return {"openai": open_ai_compatible, "ollama": ollama, "sentence_transformers": sentence_transformers}[about.kind](address)


def _staff_room(house: House, *, open_login: bool) -> StaffChat:
    from adapters.chat.staff_room.chat import StaffRoom

    web = house.settings.web
    return StaffRoom(
        house.database, host=web.host, port=web.port, clock=house.clock, open_login=open_login,
        groups=[(group.chat, group.name) for group in house.settings.groups if group.platform == "staff_room"],
        secret=_salt(house.settings.data_dir), desk=house.desk, public_url=web.public_url, anchor=house.anchor,
    )  # fmt: skip


def _wechat(settings: Settings) -> StaffChat:
    if settings.wechat.token is None:
        raise StartError("设置了微信网关，但没有令牌。请设置环境变量 WENSHENG_WECHAT__TOKEN。")
    from adapters.chat.wechat.chat import WeChatChat

    return WeChatChat(settings.wechat.token.get_secret_value(), settings.wechat.endpoint, tls=settings.wechat.tls)
