"""The signature of a signed webhook, the same in both directions.

`X-Wensheng-Timestamp` are Unix seconds, `X-Wensheng-Nonce` any text that the sender uses once, `X-Wensheng-Signature` is `sha256=` and the
hexadecimal HMAC-SHA256, under the shared secret, of timestamp, a full stop, nonce, a full stop and the raw body.
"""

import hashlib
import hmac
from collections.abc import Mapping

TIMESTAMP, NONCE, SIGNATURE = "X-Wensheng-Timestamp", "X-Wensheng-Nonce", "X-Wensheng-Signature"
_SCHEME = "sha256="


def signature(secret: bytes, timestamp: str, nonce: str, body: bytes) -> str:
    """HMAC-SHA256 over timestamp, nonce and raw body, in hexadecimal."""
    return hmac.new(secret, f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()


def signed_headers(secret: bytes, timestamp: str, nonce: str, body: bytes) -> dict[str, str]:
    """The three headers that go with a body."""
    return {TIMESTAMP: timestamp, NONCE: nonce, SIGNATURE: f"{_SCHEME}{signature(secret, timestamp, nonce, body)}"}


def is_signed(headers: Mapping[str, str], secret: bytes, body: bytes) -> bool:
    """Whether the headers were made with the secret for exactly this body; takes as long whatever is wrong."""
    right = f"{_SCHEME}{signature(secret, headers.get(TIMESTAMP, ''), headers.get(NONCE, ''), body)}"
    return hmac.compare_digest(headers.get(SIGNATURE, "").encode(), right.encode())
