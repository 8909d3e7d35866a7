"""Actor tokens: who calls, in which roles, signed by the city (JWT, Ed25519) and good for one city only.

A token is believed until it expires, whatever is changed about the person meanwhile: so it lives for a day's work only.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OKPKey

from eventstore.errors import Forbidden, KeyUnavailable
from eventstore.sealing.keys import write_secret

ALGORITHM: Final = "Ed25519"
AUDIENCE: Final = "renkei"
LIFETIME: Final = timedelta(hours=9)
PRIVATE, PUBLIC = "token-signing.jwk", "token-verifying.jwk"


class TokenRefused(Forbidden):
    """No token, one that is not ours, or one that has expired."""

    code = "token_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a token speaks for: a random id and the roles held."""

    id: UUID
    roles: tuple[str, ...]


def draw_token_keys(folder: Path) -> None:
    """Writes a fresh pair of keys: the signing one for who issues tokens, the verifying one for every service."""
    key = OKPKey.generate_key("Ed25519")
    write_secret(folder / PRIVATE, json.dumps(key.as_dict(private=True)))
    write_secret(folder / PUBLIC, json.dumps(key.as_dict(private=False)))


class Tokens:
    """Issues and checks the tokens of one city."""

    def __init__(self, folder: Path, municipality: str) -> None:
        """folder: where the keys are. municipality: its code; a token of another city is foreign."""
        self._folder = folder
        self._issuer = f"renkei/{municipality}"

    def issue(self, identity: Identity, now: datetime, lifetime: timedelta = LIFETIME) -> str:
        """A signed token for `lifetime` from now. Raises `KeyUnavailable` where the signing key is not here."""
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": str(identity.id),
            "roles": list(identity.roles),
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        return jwt.encode({"alg": ALGORITHM}, claims, self._key(PRIVATE), algorithms=[ALGORITHM])

    def verify(self, token: str | None, now: datetime) -> Identity:
        """Who the token speaks for. Raises `TokenRefused` for a missing, forged, expired or foreign one."""
        if not token:
            raise TokenRefused("ログインしてください。", code="token_missing")
        try:
            claims = jwt.decode(token, self._key(PUBLIC), algorithms=[ALGORITHM]).claims
            self._checks(now).validate(claims)
            return Identity(id=UUID(str(claims["sub"])), roles=_roles(claims["roles"]))
        except ExpiredTokenError:
            raise TokenRefused(
                "ログインの有効期限が切れました。もう一度ログインしてください。", code="token_expired"
            ) from None
        except (JoseError, ValueError, KeyError, TypeError):
            raise TokenRefused("ログインの情報が正しくありません。もう一度ログインしてください。") from None

    def _checks(self, now: datetime) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=lambda: int(now.timestamp()),
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
        )

    def _key(self, name: str) -> OKPKey:
        try:
            return OKPKey.import_key(json.loads((self._folder / name).read_text(encoding="utf-8")))
        except (OSError, ValueError, JoseError) as fault:
            raise KeyUnavailable(f"the token key {name} cannot be read: {type(fault).__name__}") from None


def _roles(claimed: object) -> tuple[str, ...]:
    if not isinstance(claimed, list) or not all(isinstance(role, str) for role in claimed):
        raise TypeError("roles are a list of codes")
    return tuple(claimed)
