"""Actor tokens: only the city's own, unexpired and whole, say who somebody is."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from eventstore.errors import KeyUnavailable
from eventstore.tokens import PRIVATE, PUBLIC, Identity, TokenRefused, Tokens, draw_token_keys

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ANN = Identity(id=UUID("0b1e3a52-3a3d-4d52-9a58-2d7c6a7e3f11"), roles=("desk_officer", "auditor"))
AOMORI = "022012"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys")
    draw_token_keys(path)
    return path


@pytest.fixture
def tokens(folder: Path) -> Tokens:
    return Tokens(folder, AOMORI)


def part(value: object) -> str:
    """A part of a token: JSON in base64url without padding."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def claims(**changed: Any) -> dict[str, Any]:
    """What a good token claims, with changes; ... takes a claim away."""
    good = {
        "iss": f"renkei/{AOMORI}",
        "aud": "renkei",
        "sub": str(ANN.id),
        "roles": list(ANN.roles),
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 3600,
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not ...}


def signed(folder: Path, **changed: Any) -> str:
    """A token with the city's own signature over these claims."""
    key = OKPKey.import_key(json.loads((folder / PRIVATE).read_text()))
    return jwt.encode({"alg": "Ed25519"}, claims(**changed), key, algorithms=["Ed25519"])


def test_a_token_says_who_it_was_issued_for(tokens: Tokens) -> None:
    assert tokens.verify(tokens.issue(ANN, NOW), NOW) == ANN


def test_a_token_signed_by_hand_is_good(tokens: Tokens, folder: Path) -> None:
    """So that the forgeries below fail for their one change and for nothing else."""
    assert tokens.verify(signed(folder), NOW) == ANN


def test_a_token_is_good_until_it_expires(tokens: Tokens) -> None:
    token = tokens.issue(ANN, NOW, timedelta(hours=1))

    assert tokens.verify(token, NOW + timedelta(minutes=59)) == ANN
    with pytest.raises(TokenRefused) as refused:
        tokens.verify(token, NOW + timedelta(minutes=61))
    assert refused.value.stable_code == "token_expired"


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_asks_for_a_login(tokens: Tokens, token: str | None) -> None:
    with pytest.raises(TokenRefused) as refused:
        tokens.verify(token, NOW)
    assert refused.value.stable_code == "token_missing"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "renkei/112089"},
        {"iss": ...},
        {"iss": None},
        {"aud": "another"},
        {"aud": ...},
        {"sub": ...},
        {"sub": None},
        {"sub": 5},
        {"sub": "ann"},
        {"sub": []},
        {"roles": ...},
        {"roles": None},
        {"roles": "administrator"},
        {"roles": {"administrator": True}},
        {"roles": [["administrator"]]},
        {"roles": [None]},
        {"roles": 5},
        {"exp": ...},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": int(NOW.timestamp()) - 1},
    ],
    ids=str,
)
def test_a_token_with_other_claims_is_refused(tokens: Tokens, folder: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        tokens.verify(signed(folder, **changed), NOW)


def unsigned(folder: Path) -> str:
    return f"{part({'alg': 'none'})}.{part(claims())}."


def signed_with_the_public_key_as_secret(folder: Path) -> str:
    public = base64.urlsafe_b64decode(json.loads((folder / PUBLIC).read_text())["x"] + "==")
    return jwt.encode({"alg": "HS256"}, claims(), OctKey.import_key(public), algorithms=["HS256"])


def signed_with_the_public_file_as_secret(folder: Path) -> str:
    return jwt.encode(
        {"alg": "HS256"}, claims(), OctKey.import_key((folder / PUBLIC).read_bytes()), algorithms=["HS256"]
    )


def signed_by_somebody_else(folder: Path) -> str:
    return jwt.encode({"alg": "Ed25519"}, claims(), OKPKey.generate_key("Ed25519"), algorithms=["Ed25519"])


def with_a_key_of_its_own_in_the_header(folder: Path) -> str:
    key = OKPKey.generate_key("Ed25519")
    return jwt.encode({"alg": "Ed25519", "jwk": key.as_dict(private=False)}, claims(), key, algorithms=["Ed25519"])


def with_another_city_s_signature(folder: Path) -> str:
    other = folder / "other"
    other.mkdir(exist_ok=True)
    draw_token_keys(other)
    return signed(other)


def with_more_roles_under_the_old_signature(folder: Path) -> str:
    header, _, signature = signed(folder).split(".")
    return f"{header}.{part(claims(roles=['administrator']))}.{signature}"


def without_its_signature(folder: Path) -> str:
    return signed(folder).rpartition(".")[0] + "."


def with_another_algorithm_named(folder: Path) -> str:
    _, payload, signature = signed(folder).split(".")
    return f"{part({'alg': 'none'})}.{payload}.{signature}"


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        signed_with_the_public_key_as_secret,
        signed_with_the_public_file_as_secret,
        signed_by_somebody_else,
        with_a_key_of_its_own_in_the_header,
        with_another_city_s_signature,
        with_more_roles_under_the_old_signature,
        without_its_signature,
        with_another_algorithm_named,
    ],
)
def test_a_forged_token_is_refused(tokens: Tokens, folder: Path, forge: Callable[[Path], str]) -> None:
    with pytest.raises(TokenRefused) as refused:
        tokens.verify(forge(folder), NOW)
    assert refused.value.stable_code == "token_refused"


@given(st.text(max_size=60) | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True))
def test_whatever_is_no_token_is_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    tokens = Tokens(_one_folder(tmp_path_factory), AOMORI)

    with pytest.raises(TokenRefused):
        tokens.verify(text, NOW)


def _one_folder(factory: pytest.TempPathFactory) -> Path:
    path = factory.getbasetemp() / "token-keys"
    if not path.exists():
        path.mkdir()
        draw_token_keys(path)
    return path


def test_a_refusal_says_nothing_of_the_token(tokens: Tokens, folder: Path) -> None:
    with pytest.raises(TokenRefused) as refused:
        tokens.verify(signed(folder, sub="ann"), NOW)
    assert "ann" not in f"{refused.value!r}"
    assert refused.value.__suppress_context__


def test_a_service_that_only_verifies_cannot_issue(folder: Path, tmp_path: Path) -> None:
    (tmp_path / PUBLIC).write_bytes((folder / PUBLIC).read_bytes())
    verifier = Tokens(tmp_path, AOMORI)

    assert verifier.verify(signed(folder), NOW) == ANN
    with pytest.raises(KeyUnavailable):
        verifier.issue(ANN, NOW)


def test_without_the_verifying_key_the_service_says_so(tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailable, match=r"token-verifying\.jwk"):
        Tokens(tmp_path, AOMORI).verify("a.b.c", NOW)


def test_the_verifying_key_holds_nothing_to_sign_with(folder: Path) -> None:
    assert "d" not in json.loads((folder / PUBLIC).read_text())
