"""Telegram as a staff chat, by python-telegram-bot over long polling."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # else the library warns at every wait that Telegram asks for

from adapters.chat.telegram.chat import TelegramChat

__all__ = ["TelegramChat"]
