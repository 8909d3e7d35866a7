"""A city as a process sees it: where its database, broker and keys are. Nothing is shared between cities."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from environs import Env

from eventstore.errors import NotFound
from eventstore.protection import ClassGroup
from eventstore.sealing.keys import MasterKeys, read_secret, write_secret

FILE: Final = "city.json"
_IDS: Final = ("stream", "operator")


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """One municipality's configuration.

    name: its short name (aomori). municipality: its code with check digit (022012). stream: the random id of its own
    stream in administration. operator: the random id under which its technical operator acts.
    databases: libpq URI by role. brokers: AMQP URI by user.
    """

    name: str
    municipality: str
    stream: UUID
    operator: UUID
    folder: Path
    databases: dict[str, str] = field(repr=False)
    brokers: dict[str, str] = field(repr=False)

    @classmethod
    def read(cls, home: Path, name: str) -> "City":
        """The city's configuration under `home`. Raises `NotFound` where there is none."""
        path = home / name / FILE
        if not path.is_file():
            raise NotFound(f"no city {name} is set up here: run `renkei city create {name}`", code="city_not_found")
        kept = json.loads(path.read_text(encoding="utf-8"))
        ids = {name: UUID(kept[name]) for name in _IDS}
        return cls(**{**kept, **ids, "folder": path.parent})

    def write(self) -> None:
        """Keeps the configuration in the city's folder, readable by its owner only."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = asdict(self) | {name: str(getattr(self, name)) for name in _IDS}
        del kept["folder"]
        write_secret(self.folder / FILE, json.dumps(kept, indent=1))

    def master_keys(self, groups: Iterable[ClassGroup]) -> MasterKeys:
        """The master keys of the class groups. Raises `KeyUnavailable`."""
        return MasterKeys.read(self.folder / "keys", groups)

    def secret(self, name: str) -> bytes:
        """A 32-byte secret of the city by its name (`intake`). Raises `KeyUnavailable`."""
        return read_secret(self.folder / "keys" / f"{name}.secret")


def cities(home: Path) -> list[str]:
    """The names of the cities set up under `home`."""
    return sorted(path.parent.name for path in home.glob(f"*/{FILE}"))


def served(home: Path, names: Sequence[str] = ()) -> list[City]:
    """The cities that are named, else those of `RENKEI_CITIES` (names, comma-separated), else all under `home`.

    Raises `NotFound` where there is none, and for a city that is not set up.
    """
    names = names or Env().list("RENKEI_CITIES", []) or cities(home)
    if not names:
        raise NotFound(f"no city is set up in {home}: run `renkei city create NAME`", code="city_not_found")
    return [City.read(home, name) for name in names]
