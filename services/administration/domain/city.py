"""The city's own stream: packs and calendars of closed days adopted, with their full bytes, and portals admitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from eventstore.decider import Decider
from eventstore.errors import Refusal
from eventstore.protection import Internal, Public, Sealed
from services.administration.domain.event_types import EVENTS


@EVENTS.event(category="city", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class PackAdopted:
    """A policy pack is in force from a day on: decisions name its digest, and a replay reads it from here only.

    content: the TOML text as adopted, whole. digest: SHA-256 (hex) of its UTF-8 bytes.
    """

    municipality: Public[str]
    digest: Public[str]
    pack_version: Public[str]
    effective_from: date
    content: Public[str]
    approver: Internal[str]
    approval_reference: Internal[str]


@EVENTS.event(category="city", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDaysAdopted:
    """A calendar of closed days (閉庁日) counts from a day on, for periods that run already too.

    content: the TOML text as adopted, whole. digest: SHA-256 (hex) of its UTF-8 bytes.
    """

    municipality: Public[str]
    digest: Public[str]
    calendar_version: Public[str]
    effective_from: date
    content: Public[str]
    approver: Internal[str]
    approval_reference: Internal[str]


@EVENTS.event(category="city", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class PortalAdmitted:
    """A portal may hand in submissions: its name is its broker user, its id stands in records as the actor."""

    portal_id: UUID
    name: Public[str]


CityEvent: TypeAlias = PackAdopted | ClosedDaysAdopted | PortalAdmitted


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptPack:
    """Adopt a pack, read and validated before (`desk.packs`), on an approval (決裁)."""

    municipality: str
    digest: str
    pack_version: str
    effective_from: date
    content: str
    approver: str = field(repr=False)
    approval_reference: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptClosedDays:
    """Adopt a calendar, read and validated before (`desk.deadlines.calendar`), on an approval (決裁)."""

    municipality: str
    digest: str
    calendar_version: str
    effective_from: date
    content: str
    approver: str = field(repr=False)
    approval_reference: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitPortal:
    """Admit a portal under a name; `portal_id` is drawn by whoever commands."""

    portal_id: UUID
    name: str


CityCommand: TypeAlias = AdoptPack | AdoptClosedDays | AdmitPortal


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """What has been adopted and admitted; calendars by version. `municipality` is None before the first pack."""

    municipality: str | None = None
    packs: frozenset[tuple[str, date]] = frozenset()
    pack_versions: frozenset[str] = frozenset()
    calendars: Mapping[str, str] = field(default_factory=dict)
    portals: frozenset[str] = frozenset()


class PackOfAnotherMunicipality(Refusal):
    """The pack names another municipality than the packs before it."""

    code = "pack_of_another_municipality"
    sentence = "この運用ルールは、ほかの自治体のものです。"


class PackVersionReused(Refusal):
    """A pack of this version was adopted with another content."""

    code = "pack_version_reused"
    sentence = "同じ版番号の運用ルールが、別の内容ですでに採用されています。版番号を改めてください。"


class CalendarOfAnotherMunicipality(Refusal):
    """The calendar names another municipality than the packs."""

    code = "calendar_of_another_municipality"
    sentence = "この閉庁日の暦は、ほかの自治体のものです。"


class CalendarVersionReused(Refusal):
    """A calendar of this version was adopted with another content."""

    code = "calendar_version_reused"
    sentence = "同じ版番号の暦が、別の内容ですでに採用されています。版番号を改めてください。"


def decide(command: CityCommand, city: City) -> Sequence[CityEvent]:
    """The events that follow from a command; none where it was already so."""
    match command:
        case AdoptPack():
            return _adopt(command, city)
        case AdoptClosedDays():
            return _adopt_closed_days(command, city)
        case AdmitPortal():
            return (
                [] if command.name in city.portals else [PortalAdmitted(portal_id=command.portal_id, name=command.name)]
            )
        case _:
            assert_never(command)


def _adopt(command: AdoptPack, city: City) -> Sequence[CityEvent]:
    if city.municipality not in (None, command.municipality):
        raise PackOfAnotherMunicipality
    if (command.digest, command.effective_from) in city.packs:
        return []
    if command.pack_version in city.pack_versions:
        raise PackVersionReused
    return [
        PackAdopted(
            municipality=command.municipality,
            digest=command.digest,
            pack_version=command.pack_version,
            effective_from=command.effective_from,
            content=command.content,
            approver=Sealed(command.approver),
            approval_reference=Sealed(command.approval_reference),
        )
    ]


def _adopt_closed_days(command: AdoptClosedDays, city: City) -> Sequence[CityEvent]:
    if city.municipality not in (None, command.municipality):
        raise CalendarOfAnotherMunicipality
    adopted = city.calendars.get(command.calendar_version)
    if adopted == command.digest:
        return []
    if adopted is not None:
        raise CalendarVersionReused
    return [
        ClosedDaysAdopted(
            municipality=command.municipality,
            digest=command.digest,
            calendar_version=command.calendar_version,
            effective_from=command.effective_from,
            content=command.content,
            approver=Sealed(command.approver),
            approval_reference=Sealed(command.approval_reference),
        )
    ]


def evolve(city: City, event: CityEvent) -> City:
    """The city after an event."""
    match event:
        case PackAdopted():
            return replace(
                city,
                municipality=event.municipality,
                packs=city.packs | {(event.digest, event.effective_from)},
                pack_versions=city.pack_versions | {event.pack_version},
            )
        case ClosedDaysAdopted():
            return replace(city, calendars={**city.calendars, event.calendar_version: event.digest})
        case PortalAdmitted():
            return replace(city, portals=city.portals | {event.name})
        case _:
            assert_never(event)


CITY: Final = Decider(category="city", initial=City(), decide=decide, evolve=evolve)
