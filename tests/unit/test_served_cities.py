"""Which cities a process serves: those named, else those of its environment, else all; never none."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from eventstore.city import City, served
from eventstore.errors import NotFound


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where two cities are set up."""
    for name in ("aomori", "tokorozawa"):
        City(
            name=name,
            municipality="000000",
            stream=uuid4(),
            operator=uuid4(),
            folder=tmp_path / name,
            databases={},
            brokers={},
        ).write()
    return tmp_path


@pytest.mark.parametrize(
    ("names", "environment", "expected"),
    [
        ((), None, ["aomori", "tokorozawa"]),
        ((), "", ["aomori", "tokorozawa"]),
        ((), "tokorozawa", ["tokorozawa"]),
        ((), "tokorozawa,aomori", ["tokorozawa", "aomori"]),
        (("aomori",), "tokorozawa", ["aomori"]),
    ],
)
def test_those_named_are_served_else_those_of_the_environment_else_all(
    home: Path, monkeypatch: pytest.MonkeyPatch, names: Sequence[str], environment: str | None, expected: list[str]
) -> None:
    monkeypatch.delenv("RENKEI_CITIES", raising=False)
    if environment is not None:
        monkeypatch.setenv("RENKEI_CITIES", environment)

    assert [city.name for city in served(home, names)] == expected


@pytest.mark.parametrize("names", [(), ("hirosaki",)], ids=["no city", "an unknown city"])
def test_where_there_is_none_nobody_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: Sequence[str]
) -> None:
    monkeypatch.delenv("RENKEI_CITIES", raising=False)
    with pytest.raises(NotFound) as absent:
        served(tmp_path, names)
    assert absent.value.stable_code == "city_not_found"
