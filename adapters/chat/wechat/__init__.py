"""WeChat as a staff chat, by wechaty through a gateway. Light to import; wechaty itself is loaded when a chat is opened."""

from adapters.chat.wechat.chat import WeChatChat

__all__ = ["WeChatChat"]
