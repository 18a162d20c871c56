"""The faults that end a command with one sentence. Anything else is a defect and shows its traceback."""

import errno
import json

from bot.settings import SettingsError
from casework.errors import CaseworkError
from knowledge_base.errors import KnowledgeError
from monitoring.errors import MonitoringError
from retrieval.errors import RetrievalError
from storage.errors import StorageError


class StartError(Exception):
    """The program cannot start or go on; the sentence says what to do."""


KNOWN_FAULTS = (
    StartError,
    SettingsError,
    StorageError,
    MonitoringError,
    KnowledgeError,
    RetrievalError,
    CaseworkError,
    OSError,
    json.JSONDecodeError,
)


def sentence_of(fault: BaseException) -> str:
    """One sentence: what is wrong and what to do."""
    if isinstance(fault, OSError) and not isinstance(fault, KNOWN_FAULTS[:-2]):
        return _system_fault(fault)
    if isinstance(fault, json.JSONDecodeError):
        return f"文件里第 {fault.lineno} 行不是有效的 JSON：{fault.msg}。"
    return str(fault)


def _system_fault(fault: OSError) -> str:
    where = f" {fault.filename}" if fault.filename else ""
    if fault.errno == errno.ENOSPC:
        return f"磁盘已满，无法写入{where}。请清出空间后重试；已经写入的不会丢。"
    if fault.errno == errno.ENOENT:
        return f"没有找到文件{where}。请检查路径。"
    if fault.errno in (errno.EACCES, errno.EPERM):
        return f"没有权限读写{where}。请检查文件权限。"
    if fault.errno == errno.EADDRINUSE:
        return "端口已被占用。请换一个端口（web.port 或 --port），或关掉占用它的程序。"
    return f"系统错误{where}：{fault.strerror or fault}"
