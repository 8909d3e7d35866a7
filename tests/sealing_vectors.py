"""Commitments a second time, written from docs/verify.md with `hashlib` and `json` alone, and the vectors made with it.

`python -m tests.sealing_vectors` writes `contracts/sealing.json` where there is none: what others verify with is for
ever, so it is never written over.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

VECTORS: Final = Path(__file__).resolve().parents[1] / "contracts" / "sealing.json"

VALUES: Final[dict[str, tuple[str, Any]]] = {
    "null": ("problem", None),
    "true": ("consent", True),
    "false": ("consent", False),
    "zero": ("yen", 0),
    "negative number": ("yen", -1),
    "the largest number that every JSON reader keeps": ("yen", 9_007_199_254_740_991),
    "text of one sentence": ("title", "雪を売る"),
    "text of three sentences, the last without an end": ("summary", "除雪の雪を集める。夏に使う。\u3000費用は要らない"),
    "line breaks of every kind": ("summary", "一行目\n二行目\r\n三行目\r四行目\n\n"),
    "a line break after a full stop": ("summary", "一。\r\n二。"),
    "empty text": ("title", ""),
    "only a full stop": ("title", "。"),
    "characters that JSON escapes": ("title", '"\\/\b\f\t\u0001\u001f\u007f\u2028'),
    "an emoji and a letter beyond the basic plane": ("title", "⛄𠮟る"),
    "list of texts": ("third_party_ip", ["特許一。特許二。", "商標"]),
    "list of one": ("third_party_ip", ["特許一。"]),
    "empty list": ("third_party_ip", []),
    "list of empty things": ("things", [[], {}, "", None]),
    "object": ("contact", {"affiliation": None, "name": "青森花子", "phone": "0177341111", "email": "a@example.jp"}),
    "object whose members are not in alphabetical order": (
        "merits",
        {"city": "一。二。", "citizens": "三", "b": 1, "a": 2},
    ),
    "empty object": ("contact", {}),
    "list of objects": (
        "indicators",
        [
            {"name": "利用者数", "baseline": "0人", "target": "100人。毎年"},
            {"name": "満足度", "baseline": None, "target": None},
        ],
    ),
    "nested": ("x", {"a": [{"b": ["一。二", 3]}, [[None]]], "c": {"d": {"e": True}}}),
}


def written(value: Any) -> bytes:
    """A scalar, [] or {} as JSON by RFC 8785."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def cut(text: str) -> list[str]:
    """A text cut after every 。, LF, CR and CR LF."""
    sentences, sentence = [], ""
    for i, character in enumerate(text):
        sentence += character
        if character in "。\n" or (character == "\r" and text[i + 1 : i + 2] != "\n"):
            sentences.append(sentence)
            sentence = ""
    return [*sentences, sentence] if sentence or not sentences else sentences


def piece(path: str, value: Any, salt: bytes) -> bytes:
    """SHA-256(0x02 ‖ salt ‖ length of the path, four bytes, big-endian ‖ path ‖ value)."""
    at = path.encode()
    return sha256(b"\x02" + salt + len(at).to_bytes(4, "big") + at + written(value)).digest()


def tree(hashes: list[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 §2.1 over at least one entry."""
    if len(hashes) == 1:
        return sha256(b"\x00" + hashes[0]).digest()
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return sha256(b"\x01" + tree(hashes[:half]) + tree(hashes[half:])).digest()


def commitment(path: str, value: Any, salts: Iterator[bytes], shown: list[dict[str, str]]) -> bytes:
    """The commitment of a value; its pieces are added to `shown`."""
    if isinstance(value, str):
        return tree([_one(f"{path}[{i}]", sentence, salts, shown) for i, sentence in enumerate(cut(value))])
    if isinstance(value, list) and value:
        return tree([commitment(f"{path}[{i}]", item, salts, shown) for i, item in enumerate(value)])
    if isinstance(value, dict) and value:
        return tree([commitment(f"{path}.{name}", member, salts, shown) for name, member in value.items()])
    return _one(path, value, salts, shown)


def _one(path: str, value: Any, salts: Iterator[bytes], shown: list[dict[str, str]]) -> bytes:
    salt = next(salts)
    made = piece(path, value, salt)
    shown.append({"path": path, "json": written(value).decode(), "salt": salt.hex(), "hash": made.hex()})
    return made


def fixed_salts(label: str) -> Iterator[bytes]:
    """Salts for a vector: SHA-256 of `renkei test vector/<label>/<number>`. Real salts are drawn at random."""
    number = 0
    while True:
        yield sha256(f"renkei test vector/{label}/{number}".encode()).digest()
        number += 1


def vectors() -> dict[str, Any]:
    """Everything that `contracts/sealing.json` holds."""
    made = []
    for name, (path, value) in VALUES.items():
        shown: list[dict[str, str]] = []
        root = commitment(path, value, fixed_salts(name), shown)
        made.append({"name": name, "path": path, "value": value, "pieces": shown, "commitment": root.hex()})
    return {
        "about": "Test vectors for the commitments of docs/verify.md. Bytes are in hexadecimal.",
        "vectors": made,
        "redaction": _redaction(),
    }


def _redaction() -> dict[str, Any]:
    """A text of four sentences of which two are blacked out: of those, only the hash is handed out."""
    shown: list[dict[str, str]] = []
    text = "駅前で実験する。担当は青森花子。電話は0177341111。費用は無料。"
    root = commitment("summary", text, fixed_salts("redaction"), shown)
    hidden = {1, 2}
    pieces = [{"path": p["path"], "hash": p["hash"]} if i in hidden else p for i, p in enumerate(shown)]
    return {
        "name": "a text of which the second and the third sentence are blacked out",
        "path": "summary",
        "pieces": pieces,
        "commitment": root.hex(),
    }


if __name__ == "__main__":
    if VECTORS.exists():
        sys.exit(f"{VECTORS} is there already and is never written over")
    VECTORS.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
