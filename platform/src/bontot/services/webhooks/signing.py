"""What a message is signed with, and how: the names and the recipe of Standard Webhooks.

No key is kept. It is made from the instance's own secret, the address's public id and a salt of its own, so that neither a
copy of the database nor a bundle holds what could sign; a committee that moved, or an instance whose secret was changed,
finds by `check_of` that its keys are no longer those it gave out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from uuid import UUID

PREFIX = "whsec_"
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_PURPOSE = b"bontot webhook signing key\0"


def fresh_salt() -> bytes:
    """A salt nobody has."""
    return secrets.token_bytes(32)


def key_of(instance: str, public_id: UUID, salt: bytes) -> bytes:
    """The key of an address: 32 bytes."""
    return hmac.digest(instance.encode(), _PURPOSE + public_id.bytes + salt, "sha256")


def check_of(key: bytes) -> bytes:
    """What says of a key whether it is still the same, and nothing else of it."""
    return hashlib.sha256(_PURPOSE + key).digest()


def secret_of(key: bytes) -> str:
    """A key as it is given to whoever must verify: `whsec_` and base64."""
    return PREFIX + base64.b64encode(key).decode()


def message_id(public_id: UUID) -> str:
    """What a message is called, the same however often it is sent."""
    return f"msg_{public_id.hex}"


def signed_headers(keys: Iterable[bytes], public_id: UUID, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one sending of a message: its id, when in seconds since 1970, and a signature by each key."""
    name = message_id(public_id)
    said = f"{name}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key, said, "sha256")).decode() for key in keys)
    return {
        ID: name,
        TIMESTAMP: str(timestamp),
        SIGNATURE: " ".join(f"v1,{signature}" for signature in signatures),
    }
