"""Sealing originals: text with personal data is kept encrypted, with a key that lies outside the database."""

import os
from pathlib import Path

from storage.errors import StorageError


class Seal:
    """Encrypts and opens short texts and pages with one symmetric key (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, key: bytes) -> None:
        from cryptography.fernet import Fernet

        self._fernet = Fernet(key)

    def close(self, original: str) -> bytes:
        """The sealed text."""
        return self.close_bytes(original.encode())

    def close_bytes(self, original: bytes) -> bytes:
        """The sealed bytes."""
        return self._fernet.encrypt(original)

    def open(self, sealed: bytes) -> str:
        """The original text. Raises StorageError when it was sealed with another key."""
        return self.open_bytes(sealed).decode()

    def open_bytes(self, sealed: bytes) -> bytes:
        """The original bytes. Raises StorageError when they were sealed with another key."""
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise StorageError("原文无法解封：密钥文件与数据库不是一套。请从备份中取回 seal.key。") from error


def load_or_create_seal(path: Path) -> Seal:
    """The seal whose key lies in `path`; a new key is written there, readable by its owner only, when there is none.

    Raises:
        StorageError: the key file is readable by others, or cannot be written.
    """
    from cryptography.fernet import Fernet

    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
    if path.stat().st_mode & 0o077:
        raise StorageError(f"密钥文件 {path} 对其他用户可读。请执行 chmod 600 {path}。")
    return Seal(path.read_bytes().strip())
