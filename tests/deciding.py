"""Cases that are decided and answered, for tests: by the windows of matching, with letters by a real SMTP server."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from desk.deadlines.streams import Period, deadline_rules, deadline_stream
from desk.packs.codes import DeadlineCode
from eventstore.city import City
from eventstore.records import Recorded, StreamId
from services.intake.declaration import INTAKE
from services.intake.queries.statistics import statistics_of
from services.intake.schemas.statistics import StatisticsWanted
from services.matching.declaration import MATCHING
from services.matching.domain.case import CASE
from services.matching.domain.case.assignment import Part
from services.matching.domain.case.dialogue import (
    AnswerMinutes,
    ConfirmMinutes,
    DraftMinutes,
    HoldSession,
    Participant,
    Setting,
    Side,
)
from services.matching.domain.case.state import Case
from services.matching.queries.letters import require_approvable
from tests import letters
from tests.cities import Cities
from tests.ledgers import numbered
from tests.mailbox import Mailbox
from tests.portals import MINIMAL
from tests.work import DAY, Work

CONTACT: Final = {"name": "長谷川 美咲", "email": "h@yuki.example.jp"}
GOAL: Final = {"indicator": "朝食の回数", "baseline": "0回", "target": "40回", "due_on": "2027-03-31"}
ROLES: Final = {"city": "教室を貸す", "proposer": "朝食を作る", "citizens": "手伝う"}
MERITS: Final = {"city": "欠席が減る", "proposer": "経験を積む", "citizens": None}
WHY: Final = "こどもの生活を支える取組として、市の計画に合うため。"


@dataclass(frozen=True, slots=True)
class Deciding:
    """A city in which cases are decided on and answered."""

    work: Work
    letters: letters.Desk
    officer: UUID

    @classmethod
    def of(cls, cities: Cities, city: City, mailbox: Mailbox) -> "Deciding":
        """In a city that there is, with this mail server."""
        mailbox.settings().write(city.folder)
        work = Work.of(cities, city)
        lead = next(iter(work.office.pack().departments))
        return cls(
            work, letters.Desk.of(cities, city, work.intake.clock, MATCHING, require_approvable), work.member(lead)
        )

    @property
    def departments(self) -> list[str]:
        """The departments of the city's pack."""
        return [str(code) for code in self.work.office.pack().departments]

    def calls(self, method: str, case: UUID, staff: UUID | None = None, /, **stated: Any) -> Any:
        """What a method of matching gives: a chief of the desk calls it, or this officer of a department."""
        roles = () if staff is None else ("department_officer",)
        service = self.work.called(staff, *roles)
        return getattr(service, method)(**{"command_id": str(uuid4()), "case_id": str(case), **stated})

    def taken(self, **proposal: Any) -> tuple[UUID, UUID]:
        """A case that the first department leads, and its offer."""
        case = self.work.opened({**MINIMAL, "contact": CONTACT}, **proposal)
        return case, self.work.taken(case, self.departments[0], self.officer)

    def supported(self, case: UUID) -> UUID:
        """The offer by which the second department supports."""
        return self.work.offered(case, self.departments[1], Part.SUPPORTING)

    def talked(self, case: UUID) -> UUID:
        """A session whose minutes both have confirmed."""
        session = uuid4()
        self.work.does(
            case,
            HoldSession(
                session_id=session,
                held_on=DAY,
                setting=Setting.ONLINE,
                participants_id=uuid4(),
                participants=(Participant(side=Side.CITY, name="工藤 誠", position=None),),
                subject="教室の鍵",
            ),
        )
        self.work.does(case, DraftMinutes(session_id=session, drafted_on=DAY, text="教室は市が開ける。"))
        self.work.does(case, ConfirmMinutes(session_id=session, edition=1, confirmed_on=DAY, file=b"%PDF-1.7"))
        self.work.does(case, AnswerMinutes(session_id=session, edition=1, answered_on=DAY, objection=None))
        return session

    def agrees(self, case: UUID, **stated: Any) -> Any:
        """Goals are agreed, by a session of its own unless one is named."""
        stated = {"session_id": stated.pop("session_id", None) or str(self.talked(case)), **stated}
        return self.calls("agree_goals", case, **{"goals": [GOAL], "roles": ROLES, "merits": MERITS, **stated})

    def opines(self, case: UUID, offer: UUID, staff: UUID | None = None, **stated: Any) -> Any:
        """A department says what it thinks."""
        told = {"offer_id": str(offer), "view": "feasible", "grounds": "教室が空いているため", **stated}
        return self.calls("give_opinion", case, staff, **told)

    def ripe(self, **proposal: Any) -> UUID:
        """A case that anything may be decided of."""
        case, offer = self.taken(**proposal)
        self.agrees(case)
        self.opines(case, offer, self.officer)
        return case

    def decides(self, case: UUID, outcome: str, **stated: Any) -> Any:
        """The desk decides."""
        told = {
            "outcome": outcome, "city_cost_yen": 0, "needs_open_call": False, "explanation": WHY,
            "approver": "連携推進課長", "approval_reference": "決裁8-45", **stated,
        }  # fmt: skip
        return self.calls("decide_feasibility", case, **told)

    def composed(self, case: UUID, template: str, means: str = "mail") -> UUID:
        """A letter that answers, composed by the desk."""
        service = self.work.called()
        about = f"case-{case}"
        told = service.compose_letter(command_id=str(uuid4()), template=template, about=about, means=means)
        return UUID(told["letter_id"])

    def approved(self, letter_id: UUID, **stated: str) -> UUID:
        """The same, compared with the record and let go."""
        approval = self.letters.approval()
        self.work.called().approve_letter(
            command_id=str(uuid4()),
            letter_id=str(letter_id),
            document_number=approval.document_number,
            approver=approval.approver,
            approval_reference=approval.approval_reference,
            **stated,
        )
        self.letters.follow()
        return letter_id

    def answered(self, case: UUID, template: str) -> UUID:
        """A letter that went out, and what follows from it."""
        letter_id = self.approved(self.composed(case, template))
        self.letters.goes_round()
        self.follow()
        return letter_id

    def follow(self) -> None:
        """Lets matching and then intake follow the log to its end."""
        followers = [*self.work.office.followers, *self.work.intake.office.followers]
        while numbered(self.work.city) + sum(follower.step() for follower in followers):
            continue

    def state(self, case: UUID) -> Case:
        """Where a case stands."""
        state: Case = CASE.fold(self.events(case))
        return state

    @staticmethod
    def stream(case: UUID) -> StreamId:
        """A case's stream."""
        return StreamId(CASE.category, case)

    def events(self, case: UUID) -> tuple[Recorded, ...]:
        """What happened to a case."""
        return self.work.office.store.load(self.stream(case)).events

    def told(self, case: UUID, type_: str) -> list[Any]:
        """The events of a type."""
        return [one.event for one in self.events(case) if one.type == type_]

    def answers(self, case: UUID) -> int:
        """How often the proposer was answered."""
        return len(self.told(case, "ProposerAnswered"))

    def is_met(self, case: UUID) -> bool:
        """Whether what intake promised the proposer is met."""
        promised = self.promise(case)
        return promised is not None and promised.met_on is not None

    def promise(self, case: UUID) -> Period | None:
        """Intake's deadline of the answer with reasons."""
        about = StreamId("proposal", self.work.proposal_of(case))
        stream = deadline_stream(INTAKE.name, about, DeadlineCode.ANSWER_WITH_REASON)
        period: Period | None = deadline_rules(INTAKE.name).fold(self.work.intake.office.store.load(stream).events)
        return period

    def figure(self, code: str) -> dict[str, Any]:
        """What a figure of intake's statistics says of all."""
        wanted = StatisticsWanted(received_from=None, received_to=None, by=())
        (found,) = (one for one in statistics_of(self.work.intake.office, wanted)["figures"] if one["code"] == code)
        return dict(found["rows"][0])

    def row(self, case: UUID) -> tuple[date | None, str | None]:
        """When a proposal was answered by the statistics, and with what outcome in the end."""
        with self.work.intake.office.database.connection() as connection:
            row = connection.execute(
                "SELECT answered_on, outcome FROM intake_statistics WHERE matter_id = %s",
                (self.work.proposal_of(case),),
            ).fetchone()
        return (row[0], row[1]) if row else (None, None)
