"""Letters for tests: composed and approved in a city of the test's own, sent by a real SMTP server."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count
from typing import Any, Final, LiteralString
from uuid import UUID, uuid4

from psycopg.sql import SQL, Identifier

from desk.forms.listing import Listing
from desk.letters.commands import Approval, LetterCommand, Recipient
from desk.letters.composing import CodeWanted, Draft, Letters
from desk.letters.dispatch import LetterDispatch
from desk.letters.events import CodePurpose, Means
from desk.letters.listing import LetterList, letter_subscription, letters_table
from desk.letters.overtaking import RequireApprovable
from desk.letters.rules import letter_rules
from desk.letters.state import Letter, Status
from desk.office import Office
from desk.packs.letters import LetterCode
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.records import Actor, Code, Recorded, StreamId
from services.intake.declaration import INTAKE
from tests.cities import Cities, FrozenClock
from tests.ledgers import connected, numbered

CHIEF: Final = Actor(id=uuid4(), role=Code("desk_chief"))
APPROVAL: Final = Approval(
    document_number="青連第12号", approver="連携推進課長", approval_reference="決裁8-45", delegation="専決規程第5条"
)
NUMBERS: Final = count(1)
ADDRESS: Final = "h@yuki.example.jp"
REFUSAL: Final = {
    "receipt_number": "AB12-CD34-EF56",
    "title": "路線バスの時刻を雪の日にも",
    "rule": "事業の除外要件",
    "clause": "第2号",
    "ground": "直接的な営業を目的とするため",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """A service's letters in one city, intake's unless said."""

    cities: Cities
    city: City
    clock: FrozenClock
    office: Office
    letters: Letters = field(repr=False)
    round: LetterDispatch = field(repr=False)

    @classmethod
    def of(
        cls, cities: Cities, city: City, clock: FrozenClock, service: Service = INTAKE,
        approvable: RequireApprovable = lambda *_: None,
    ) -> "Desk":  # fmt: skip
        """In a city that there is. approvable: what is asked of a letter before it goes out, nothing unless said."""
        office, name = cities.office(service, city, clock), service.name
        return cls(cities, city, clock, office, Letters(name, office.store), LetterDispatch(name, office, approvable))

    def composed(
        self, template: LetterCode = LetterCode.INELIGIBLE_NOTICE, *, means: Means = Means.MAIL,
        lines: tuple[str, ...] = ("株式会社ゆきみち", "長谷川 美咲 様"), address: str = ADDRESS,
        code_until: datetime | None = None, about: StreamId | None = None, **values: Any,
    ) -> UUID:  # fmt: skip
        """A letter that waits for its approval."""
        draft = Draft(
            template=template,
            about=about or StreamId("proposal", uuid4()),
            recipient=Recipient(id=uuid4(), lines=lines, means=means, address=address),
            values={**REFUSAL, **values} if template is LetterCode.INELIGIBLE_NOTICE else values,
            code=CodeWanted(purpose=CodePurpose.CORRECTION, valid_until=code_until) if code_until else None,
        )
        return self.letters.compose(draft, self.office.pack(), self.office.context(CHIEF)).recorded[0].stream.id

    @staticmethod
    def approval() -> Approval:
        """By the same decision, under the next document number: 枝番 of the first."""
        return replace(APPROVAL, document_number=f"{APPROVAL.document_number}の{next(NUMBERS)}")

    def approved(self, letter_id: UUID | None = None, *, policy: str | None = None, **draft: Any) -> UUID:
        """A letter that may go out, and that the round finds. policy: the pack it was approved under, if another."""
        letter_id = letter_id or self.composed(**draft)
        context = self.office.context(CHIEF)
        self.letters.approve(
            letter_id,
            self.approval(),
            self.office.pack(),
            replace(context, policy=policy or context.policy),
            database=self.office.database,
            at=self.office.clock(),
            issued_on=date(2026, 11, 22),
        )
        self.follow()
        return letter_id

    def does(self, letter_id: UUID, command: LetterCommand) -> None:
        """Something is commanded, and followed."""
        self.letters.carry_out(letter_id, command, self.office.context(CHIEF))
        self.follow()

    def goes_round(self) -> bool:
        """One step of the round, followed."""
        went = self.round.step()
        self.follow()
        return went

    def follow(self) -> None:
        """Brings the list of letters up to date."""
        (follower,) = (one for one in self.office.followers if one.subscription.name == "letters")
        while numbered(self.city) + follower.step():
            pass

    def events(self, letter_id: UUID) -> tuple[Recorded, ...]:
        """What happened to a letter."""
        return self.office.store.load(self.letters.stream(letter_id)).events

    def types(self, letter_id: UUID) -> list[str]:
        """The types of that."""
        return [one.type for one in self.events(letter_id)]

    def letter(self, letter_id: UUID) -> Letter:
        """Where it stands."""
        return letter_rules(self.office.service).fold(self.events(letter_id))

    def list(self) -> dict[str, Any]:
        """The list of letters as staff see it."""
        listing = Listing(limit=100, after=None, at_least=None)
        subscription = letter_subscription(self.office.service)
        return LetterList.of(subscription).page(self.office, listing, status=None, subject_id=None)

    def put_off(self, letter_id: UUID) -> tuple[int, str | None]:
        """How often the round put a letter off, and what was in its way."""
        row = self._row("SELECT tries, code FROM {} WHERE letter_id = %s", letter_id)
        return row[0], row[1]

    def due_again(self, letter_id: UUID) -> datetime:
        """When the round tries a letter again that it put off."""
        (again_at,) = self._row("SELECT again_at FROM {} WHERE letter_id = %s", letter_id)
        assert isinstance(again_at, datetime)
        return again_at

    def lose_what_is_in_hand(self) -> None:
        """Ends the database's sessions that hold an advisory lock: whoever was sending keeps others off no more."""
        with connected(self.cities.administrator_url(self.city)) as administrator:
            administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks"
                " WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )

    def waiting(self) -> dict[str, int]:
        """What the watch counts of letters that no mail server has taken."""
        with connected(self.cities.administrator_url(self.city)) as administrator:
            return dict(
                administrator.execute("SELECT code, count FROM intake_waiting WHERE what = 'letters'").fetchall()
            )

    def listed(self, letter_id: UUID) -> tuple[Status, int]:
        """Status and attempts, as the list shows them."""
        row = self._row("SELECT status, attempts FROM {} WHERE letter_id = %s", letter_id)
        return Status(row[0]), row[1]

    def _row(self, query: LiteralString, letter_id: UUID) -> tuple[Any, ...]:
        with connected(self.cities.administrator_url(self.city)) as administrator:
            table = Identifier(letters_table(self.office.service))
            row = administrator.execute(SQL(query).format(table), (letter_id,)).fetchone()
        assert row is not None
        return row
