"""The sender's proof of what was handed in when, for every message that a portal brings."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from eventstore.protection import Sealed, personal

DocumentDigest = Annotated[Sealed[str], personal(of="document_id")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentReceipt:
    """The proposer's proof of what was handed in when: sha256 = SHA-256(nonce ‖ body as received), both in hex."""

    nonce: str
    sha256: str


def content_receipt(body: bytes, nonce: bytes) -> ContentReceipt:
    """The proof for a body as received and a nonce of 32 random bytes."""
    return ContentReceipt(nonce=nonce.hex(), sha256=sha256(nonce + body).hexdigest())
