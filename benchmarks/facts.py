"""A made-up service whose events are all in clear or all sealed, and a sample of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeAlias
from uuid import UUID, uuid4

from eventstore.declaration import Service
from eventstore.events import EventTypes
from eventstore.following.subscriptions import On, Subscription
from eventstore.protection import Business, ClassGroup, Deliberation, Internal, Public, Sealed, personal
from eventstore.records import Actor, Code, Context, Recorded

EVENTS: Final = EventTypes("bench")
CATEGORY: Final = "visit"


class Purpose(StrEnum):
    """What a visit is for."""

    SURVEY = "survey"


@EVENTS.event(category=CATEGORY, version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class SiteVisited:
    """About 300 bytes of data, all in clear."""

    visit_id: UUID
    site_id: UUID
    visitor_id: UUID
    purpose: Purpose
    visited_on: date
    entered_at: datetime
    people: int
    area: int
    remark: Public[str]


@EVENTS.event(category=CATEGORY, version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class VisitAnswered:
    """Six sealed fields under three data keys."""

    visitor_id: UUID
    name: Annotated[Sealed[str], personal(of="visitor_id")]
    mail: Annotated[Sealed[str], personal(of="visitor_id")]
    company: Business[str]
    offer: Business[str]
    note: Internal[str]
    opinion: Deliberation[str]


@EVENTS.event(category=CATEGORY, version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorRegistered:
    """One sealed field, by which the stream can be found."""

    visitor_id: UUID
    mail: Annotated[Sealed[str], personal(of="visitor_id", blind_index="visitor_mail")]


Fact: TypeAlias = SiteVisited | VisitAnswered | VisitorRegistered


def _hear(_: None, __: Recorded) -> None:
    """Does nothing, so that following alone is measured."""


VISITS: Final = Subscription(name="visits", on=(On("SiteVisited", _hear), On("VisitAnswered", _hear)))

SERVICE: Final = Service(
    events=EVENTS,
    opens=frozenset(ClassGroup),
    subscriptions=(VISITS,),
    migrations=Path(__file__).parent / "migrations",
)
ACTOR: Final = Actor(id=uuid4(), role=Code("coordinator"))
_AT: Final = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
_CLEAR: Final = SiteVisited(
    visit_id=uuid4(),
    site_id=uuid4(),
    visitor_id=uuid4(),
    purpose=Purpose.SURVEY,
    visited_on=_AT.date(),
    entered_at=_AT,
    people=12,
    area=340,
    remark="旧庁舎跡地の広場を下見。",
)


def clear_fact() -> SiteVisited:
    """The fact in clear; facts are immutable, so one serves every write."""
    return _CLEAR


def sealed_fact(visitor_id: UUID) -> VisitAnswered:
    """A fact with six sealed fields about one visitor."""
    return VisitAnswered(
        visitor_id=visitor_id,
        name=Sealed("青森 花子"),
        mail=Sealed("hanako@example.jp"),
        company=Sealed("株式会社こもれび"),
        offer=Sealed("広場に移動式の図書館を置きたい。費用は当社が負担する。"),
        note=Sealed("電話で確認済み。担当は都市整備課。"),
        opinion=Sealed("駐車場の扱いを先に決める必要がある。"),
    )


def registered_fact(visitor_id: UUID) -> VisitorRegistered:
    """The fact that begins a stream about one visitor, with an address that nobody else has."""
    return VisitorRegistered(visitor_id=visitor_id, mail=Sealed(f"{visitor_id.hex}@example.jp"))


def contexts() -> Iterator[Context]:
    """One context after another, each of a command of its own."""
    while True:
        command_id = uuid4()
        yield Context(command_id=command_id, correlation_id=command_id, actor=ACTOR, channel=Code("counter"))
