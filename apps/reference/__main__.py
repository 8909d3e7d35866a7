"""Writes the reference: `python -m apps.reference`."""

from pathlib import Path
from typing import Final

from apps.composition import SERVICES
from apps.reference import asyncapi, rpc

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"


def written() -> dict[str, str]:
    """File name in `docs/` → its text, as the code gives it today."""
    return {"rpc.md": rpc.page(SERVICES), "asyncapi.yaml": asyncapi.text(SERVICES)}


if __name__ == "__main__":
    for name, text in written().items():
        (DOCS / name).write_text(text, encoding="utf-8")
