"""Settings: `wensheng.toml`, then the environment (`WENSHENG_…`), which wins. Secrets come from the environment or a 0600 file."""

import tomllib
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class SettingsError(Exception):
    """Settings that cannot be used. The message names the file, the field and what to write instead."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DepartmentSettings(_Section):
    """Who answers. Example: name = "青禾市城市管理局", province = "江屿省", city = "青禾市", names = ["青禾城管"], duty_phone = "12319"."""

    name: str = Field(min_length=1)
    short_name: str = ""
    province: str | None = None
    city: str | None = None
    names: tuple[str, ...] = ()
    duty_phone: str = Field(default="", max_length=60)


class StaffSettings(_Section):
    """One staff member. `accounts` are the user ids per platform, e.g. { telegram = "77", staff_room = "liwen" }."""

    name: str = Field(min_length=1)
    title: str = ""
    roles: tuple[Literal["duty", "drafter", "approver", "admin", "auditor"], ...]
    accounts: dict[str, str] = {}


class GroupSettings(_Section):
    """One staff chat. Empty lists take every alert; `fallback` receives what another chat could not take; `replay` is a stand-in.

    `ringing_levels`, `digest_times` and `quiet_hours` differ from the department's where they are given. Example, a leaders' chat:
    ringing_levels = [1, 2], digest_times = [08:00:00]; a night watch: quiet_hours = [00:00:00, 00:00:00] (equal times: none).
    """

    platform: Literal["staff_room", "telegram", "wechat", "replay"]
    chat: str
    name: str
    lines: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    levels: tuple[Annotated[int, Field(ge=1, le=4)], ...] = ()
    fallback: bool = False
    ringing_levels: tuple[Annotated[int, Field(ge=1, le=4)], ...] | None = None
    digest_times: tuple[time, ...] | None = None
    quiet_hours: tuple[time, time] | None = None


class SourceSettings(_Section):
    """One source, by kind and address.

    feed: RSS/Atom; page: list page; api: JSON; mastodon: instance; table: CSV/XLSX path; jsonl: path; webhook: none, a vendor pushes.
    tier A/B/C: polled every 2, 10, 60 minutes.
    """

    name: str
    kind: Literal["feed", "page", "api", "mastodon", "table", "jsonl", "webhook"]
    address: str = ""
    tier: Literal["A", "B", "C"] = "B"
    options: dict[str, Any] = {}


class PollingSettings(_Section):
    """How often sources of each tier are read (seconds), and how many side by side. Tier of one source: its own `tier`."""

    a_seconds: float = Field(120, ge=10)
    b_seconds: float = Field(600, ge=10)
    c_seconds: float = Field(3600, ge=10)
    at_once: int = Field(16, ge=1, le=200)

    @property
    def intervals(self) -> dict[str, timedelta]:
        return {"A": timedelta(seconds=self.a_seconds), "B": timedelta(seconds=self.b_seconds), "C": timedelta(seconds=self.c_seconds)}


class AlertSettings(_Section):
    """When cards go out. Seconds and times of day (China Standard Time).

    Once `flood_cards` messages have rung in a chat within `flood_window_seconds`, further ones of III and IV stand in one list.
    """

    group_wait_seconds: float = Field(30, ge=0)
    update_every_seconds: float = Field(300, ge=0)
    ringing_levels: tuple[Annotated[int, Field(ge=1, le=4)], ...] = (1, 2, 3)
    digest_times: tuple[time, ...] = (time(8, 0), time(17, 30))
    quiet_from: time | None = time(22, 30)
    quiet_until: time | None = time(7, 0)
    flood_cards: int = Field(5, ge=1)
    flood_window_seconds: float = Field(1800, ge=60)

    @property
    def flood_window(self) -> timedelta:
        return timedelta(seconds=self.flood_window_seconds)

    @property
    def group_wait(self) -> timedelta:
        return timedelta(seconds=self.group_wait_seconds)

    @property
    def update_every(self) -> timedelta:
        return timedelta(seconds=self.update_every_seconds)


class WebSettings(_Section):
    """The web staff room. It listens on this machine only unless `host` is changed; `public_url` is what links in other chats point to."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(8765, ge=0, le=65535)
    public_url: str = ""


class IntakeSettings(_Section):
    """The door for vendors who push (sources of the kind webhook); shut while there is none. This machine only unless `host` is changed."""

    host: str = "127.0.0.1"
    port: int = Field(8766, ge=0, le=65535)


class TelegramSettings(_Section):
    """Telegram. The token belongs into WENSHENG_TELEGRAM__TOKEN. `api_url` only for an own Bot API server."""

    token: SecretStr | None = None
    api_url: str = ""


class WeChatSettings(_Section):
    """WeChat through a wechaty gateway. endpoint = "host:port"; the token belongs into WENSHENG_WECHAT__TOKEN."""

    token: SecretStr | None = None
    endpoint: str = ""
    tls: bool = False


class ModelSettings(_Section):
    """A language model for drafting: any OpenAI-compatible address. `domestic`: its servers are in mainland China.

    `advises_levels`: it also reads every post that is ours, masked, and may raise its level by one step, never lower it.
    `rehearses`: it also reads what waits for approval at I and II, as an angry citizen and a journalist would.
    `price_in`, `price_out`: yuan for a million tokens read and written, for the accounts; 0 where nothing is paid.
    """

    name: str = ""
    base_url: str = ""
    api_key: SecretStr | None = None
    domestic: bool = False
    timeout_seconds: float = Field(60, gt=0)
    advises_levels: bool = False
    rehearses: bool = False
    price_in: float = Field(0, ge=0)
    price_out: float = Field(0, ge=0)


class EmbedderSettings(_Section):
    """Another embedder than the embedded one, for instance `kind = "ollama"`, `model = "bge-m3"`, `dimensions = 1024`.

    `model`: its name as the server knows it; for `sentence_transformers` the folder. `dimensions`: length of its vectors.
    """

    kind: Literal["embedded", "openai", "ollama", "sentence_transformers"] = "embedded"
    model: str = ""
    dimensions: int = Field(0, ge=0)
    base_url: str = ""
    api_key: SecretStr | None = None
    timeout_seconds: float = Field(30, gt=0)

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.kind != "embedded" and not (self.model and self.dimensions):
            raise ValueError("model 和 dimensions 都要填")
        return self


class ApprovalSettings(_Section):
    """How long an approval may wait to be published (hours), and a submitted text for its signatures (minutes) before people are reminded.

    The grave ones are for I and II. Example: valid_hours = 24, grave_valid_hours = 12, remind_minutes = 30, grave_remind_minutes = 15.
    """

    valid_hours: float = Field(24, gt=0, le=24 * 30)
    grave_valid_hours: float = Field(12, gt=0, le=24 * 30)
    remind_minutes: float = Field(30, ge=1)
    grave_remind_minutes: float = Field(15, ge=1)


class TelegramChannelSettings(_Section):
    """A Telegram channel that approved replies are posted to: "@name" or its number. Token: WENSHENG_PUBLISHING__TELEGRAM__TOKEN."""

    channel: str = ""
    token: SecretStr | None = None
    api_url: str = ""


class MastodonAccountSettings(_Section):
    """A Mastodon account that publishes: its instance's address. Token: WENSHENG_PUBLISHING__MASTODON__TOKEN."""

    instance: str = ""
    token: SecretStr | None = None
    visibility: Literal["public", "unlisted"] = "public"


ReplyChannel = Literal["微博评论", "微博/公众号正文", "12345/留言板答复", "情况通报"]
WEIBO_HOSTS = ("weibo.com", "weibo.cn")


class PublishingSettings(_Section):
    """How approved replies go out. A channel that `channels` does not name is published by a person's hand.

    `channels`: channel to publisher, e.g. { "情况通报" = "mastodon" }; without it a webhook, where there is one, takes all.
    `hosts`: channel to the hosts where its texts may stand, for the address that a person pastes; an empty list takes any.
    `ai_label`: the notice at the end of what a model wrote; empty: none.
    """

    webhook_url: str = ""
    secret: SecretStr | None = None
    channels: dict[ReplyChannel, Literal["webhook", "telegram", "mastodon"]] = {}
    telegram: TelegramChannelSettings = TelegramChannelSettings()
    mastodon: MastodonAccountSettings = MastodonAccountSettings()
    hosts: dict[ReplyChannel, tuple[str, ...]] = {"微博评论": WEIBO_HOSTS, "微博/公众号正文": (*WEIBO_HOSTS, "mp.weixin.qq.com")}
    ai_label: str = Field("（AI 辅助生成，经人工核实）", max_length=40)

    @property
    def publishers(self) -> dict[str, str]:
        """Channel -> name of its publisher."""
        if self.webhook_url and not self.channels:
            return dict.fromkeys(get_args(ReplyChannel), "webhook")
        return {str(channel): publisher for channel, publisher in self.channels.items()}


class Settings(BaseSettings):
    """Everything about one department. Each section's docstring gives an example."""

    model_config = SettingsConfigDict(env_prefix="WENSHENG_", env_nested_delimiter="__", extra="forbid", frozen=True)

    department: DepartmentSettings
    data_dir: Path = Path("data")
    database_url: str = ""
    gazetteer: dict[str, tuple[str, ...]] = {}
    gazetteer_file: Path | None = None
    relevance_rules: Path | None = None
    grading_policy: Path | None = None
    staff: tuple[StaffSettings, ...] = ()
    duty_roster: tuple[str, ...] = ()
    groups: tuple[GroupSettings, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    polling: PollingSettings = PollingSettings()
    alerts: AlertSettings = AlertSettings()
    web: WebSettings = WebSettings()
    intake: IntakeSettings = IntakeSettings()
    telegram: TelegramSettings = TelegramSettings()
    wechat: WeChatSettings = WeChatSettings()
    model: ModelSettings = ModelSettings()
    embedder: EmbedderSettings = EmbedderSettings()
    approval: ApprovalSettings = ApprovalSettings()
    publishing: PublishingSettings = PublishingSettings()
    allowed_links: tuple[str, ...] = ()
    checks: dict[str, Literal["block", "warn", "off"]] = {}

    @model_validator(mode="after")
    def _checks_allowed(self) -> Self:
        from casework.checks.kinds import NoSuchSetting, chosen

        try:
            chosen(self.checks)
        except NoSuchSetting as error:
            raise ValueError(f"「checks」里的 {error} 不能这样设，能改的各项见 docs/checks.md") from error
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return env_settings, init_settings

    @property
    def database_address(self) -> str:
        """The configured address, or the SQLite file in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'wensheng.sqlite3'}"


def load_settings(path: Path) -> Settings:
    """Read and check the settings.

    Raises:
        SettingsError: no such file, not TOML, or a field that cannot be used.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"没有找到设置文件 {path}。请运行 wensheng init 生成一份，或用 --settings 指定。") from error
    except OSError as error:
        raise SettingsError(f"设置文件 {path} 无法读取：{error.strerror}。请检查文件权限。") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"设置文件 {path} 不是有效的 TOML：{error}。") from error
    return _checked(path, values)


def _checked(path: Path, values: dict[str, Any]) -> Settings:
    for field in ("data_dir", "gazetteer_file", "relevance_rules", "grading_policy"):
        if field in values:
            values[field] = path.parent / str(values[field])
    values.setdefault("data_dir", path.parent / "data")
    try:
        settings = Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"设置文件 {path} 的「{field}」不能用：{first['msg']}。请改正后重试。") from error
    _refuse_loose_ends(path, settings)
    _refuse_stray_sources(path, settings)
    return settings


def _refuse_stray_sources(path: Path, settings: Settings) -> None:
    """Names stand once, and who stands in for another is on the list and has nobody to stand in for it."""
    names = [source.name for source in settings.sources]
    fallbacks = {source.name: str(source.options["fallback"]) for source in settings.sources if "fallback" in source.options}
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"设置文件 {path} 的「sources」里有两个“{name}”。请改掉其中一个的 name。")
    for source in settings.sources:
        if not source.address and source.kind != "webhook":
            raise SettingsError(f"设置文件 {path} 里信源“{source.name}”没有 address。请写上网址或文件路径。")
    for name, fallback in fallbacks.items():
        if fallback not in names or fallback == name:
            raise SettingsError(
                f"设置文件 {path} 里信源“{name}”的备用信源“{fallback}”不在 [[sources]] 中。请加上它，或改 options.fallback。"
            )
        if fallback in fallbacks:
            raise SettingsError(f"设置文件 {path} 里“{fallback}”是“{name}”的备用信源，自己不能再设 options.fallback。")


def _refuse_loose_ends(path: Path, settings: Settings) -> None:
    names = {member.name for member in settings.staff}
    for name in settings.duty_roster:
        if name not in names:
            raise SettingsError(f"设置文件 {path} 的「duty_roster」里的“{name}”不在 [[staff]] 名单中。")
    if path.exists() and path.stat().st_mode & 0o077:
        written = path.read_text(encoding="utf-8")
        if any(secret in written for secret in _secrets(settings)):
            raise SettingsError(f"设置文件 {path} 含有密钥，但其他用户可读。请执行 chmod 600 {path}，或把密钥放进环境变量。")


def _secrets(settings: Settings) -> Iterator[str]:
    publishing = settings.publishing
    sections = (settings.telegram, settings.wechat, settings.model, settings.embedder, publishing, publishing.telegram, publishing.mastodon)
    for section in sections:
        yield from (value.get_secret_value() for value in section.__dict__.values() if isinstance(value, SecretStr))
    if password := urlsplit(settings.database_url).password:
        yield password
