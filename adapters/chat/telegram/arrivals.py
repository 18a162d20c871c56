"""What people did in Telegram, read from its updates. Who, where, what; nothing here is trusted."""

from dataclasses import dataclass

from telegram import CallbackQuery, Message, MessageEntity, MessageOriginChannel, MessageOriginChat, Update, User
from telegram.constants import ChatType

from casework.chat import Incoming
from prompts import words

PLATFORM = "telegram"


@dataclass(frozen=True)
class Arrival:
    """One thing that a person did, and where the answer goes.

    Attributes:
        press: Telegram's id of the pressed button's query; empty for a message.
        message_id: the message that is replied to.
        thread_id: the topic of a forum group.
    """

    incoming: Incoming
    press: str = ""
    message_id: int | None = None
    thread_id: int | None = None


def read(update: Update, bot: User) -> Arrival | None:
    """What a person did; None for everything else, such as posts of channels and other bots, and messages meant for another bot."""
    if update.callback_query:
        return _pressed(update.callback_query)
    if update.message:
        return _wrote(update.message, bot)
    return None


def migration(update: Update) -> tuple[str, str] | None:
    """The old and the new id of a group that has just become a supergroup."""
    message = update.message
    if message and message.migrate_to_chat_id:
        return str(message.chat.id), str(message.migrate_to_chat_id)
    return None


def _pressed(query: CallbackQuery) -> Arrival | None:
    if not query.message or not query.data:
        return None
    chat = query.message.chat
    incoming = Incoming(
        PLATFORM,
        str(chat.id),
        str(query.from_user.id),
        token=query.data,
        private=chat.type == ChatType.PRIVATE,
        event_id=f"press:{query.id}",
    )
    thread = query.message.message_thread_id if isinstance(query.message, Message) and query.message.is_topic_message else None
    return Arrival(incoming, query.id, query.message.message_id, thread)


def _wrote(message: Message, bot: User) -> Arrival | None:
    person, typed = message.from_user, message.text or message.caption or ""
    if not person or person.is_bot or message.sender_chat or not typed:
        return None  # an anonymous administrator or a channel has no name to act by
    said = _forwarded(message, typed) if message.forward_origin else _said(message, typed, bot)
    thread = message.message_thread_id if message.is_topic_message else None
    return Arrival(said, message_id=message.message_id, thread_id=thread) if said else None


def _said(message: Message, typed: str, bot: User) -> Incoming | None:
    entities = message.parse_entities() if message.text else message.parse_caption_entities()
    command = next((shown for entity, shown in entities.items() if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0), "")
    name, _, addressee = command.lower().removeprefix("/").partition("@")
    if addressee and addressee != bot.name.lower().removeprefix("@"):
        return None
    text = _meaning(name) + typed[len(command) :] if command else typed
    mentions = [shown for entity, shown in entities.items() if _names(entity, shown, bot)]
    for mention in mentions:
        text = text.replace(mention, " ", 1)
    answers_bot = bool(message.reply_to_message and message.reply_to_message.from_user == bot)
    return _incoming(message, text=text.strip() or _meaning("help"), mentioned=bool(command or mentions or answers_bot))


def _forwarded(message: Message, typed: str) -> Incoming | None:
    """A post that was passed on in private. In a group it is only talk. The name of a channel is kept, that of a person is not."""
    if message.chat.type != ChatType.PRIVATE:
        return None
    match message.forward_origin:
        case MessageOriginChannel(chat=origin) | MessageOriginChat(sender_chat=origin):
            return _incoming(message, forwarded_post=typed, forwarded_from=origin.title or "")
        case _:
            return _incoming(message, forwarded_post=typed)


def _incoming(message: Message, *, text: str = "", mentioned: bool = False, forwarded_post: str = "", forwarded_from: str = "") -> Incoming:
    return Incoming(
        PLATFORM,
        str(message.chat.id),
        str(message.from_user.id if message.from_user else ""),
        text=text,
        private=message.chat.type == ChatType.PRIVATE,
        mentioned=mentioned,
        forwarded_post=forwarded_post,
        forwarded_from=forwarded_from,
        event_id=f"message:{message.chat.id}/{message.message_id}",
    )


def _meaning(command: str) -> str:
    """What a command of the menu stands for; any other is taken as it is."""
    menu = words("telegram.menu")
    return menu["help"] if command == "start" else menu.get(command, command)


def _names(entity: MessageEntity, shown: str, bot: User) -> bool:
    if entity.type == MessageEntity.MENTION:
        return shown.lower() == bot.name.lower()
    return entity.type == MessageEntity.TEXT_MENTION and entity.user == bot
