"""The samples of examples/: what portals send, what they send later, and what the desk itself states."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
Message: TypeAlias = Mapping[str, Any]
"""A CloudEvent of a portal."""


def read(name: str) -> Any:
    """What a file of examples/ holds, by its path without `.json`."""
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def samples() -> dict[str, Message]:
    """Every submission, by the name of its file."""
    return {path.stem: read(path.stem) for path in sorted(EXAMPLES.glob("[0-9]*.json"))}


def later(name: str, receipt: Mapping[str, Any] | None = None, **told: Any) -> Message:
    """A later message, proven by a receipt where it speaks for a proposal. told: fields of its data."""
    message = read(f"later/{name}")
    proof = {"proof": {key: receipt[key] for key in ("receipt_number", "access_code")}} if receipt else {}
    return {**message, "data": {**message["data"], **proof, **told}}
