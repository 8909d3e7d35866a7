"""The work queue over many cases and over few: the first page, and what people narrow it down by.

The read model's tables are filled by COPY, the keys that its texts end with too; only the cases of a department's first
page have streams. What is timed is all that `list_work` does once the caller is known: the rows, their dates and texts,
for a department the cases' streams, and the record of who is shown them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import psycopg

from apps.provisioning import database
from apps.provisioning.city import Installation, create_city
from apps.servers import Servers
from benchmarks.figures import Figure
from benchmarks.racing import Tell
from benchmarks.scale import Scale
from desk.bigrams import bigrams, folded
from desk.forms import load_or_refuse
from desk.office import Office
from desk.packs.codes import DeadlineCode
from eventstore.clock import now
from eventstore.database import Connection
from eventstore.protection import Sealed
from eventstore.records import Actor, Code, StreamId
from services.matching.declaration import MATCHING
from services.matching.domain.case import CASE, Status
from services.matching.domain.case import assignment as asking
from services.matching.domain.case.assignment import CaseOffered
from services.matching.domain.case.opening import CaseOpened
from services.matching.projections.case_texts import Part
from services.matching.queries import queue
from services.matching.queries.sight import Sight
from services.matching.schemas.queue import WorkListingForm

ROOT: Final = Path(__file__).parents[1]
SEED: Final = 20261122
DEEP: Final = 10
"""Pages before the deep one."""
AT_ONCE: Final = 2_000
"""Cases that are made before they are copied in."""
SETTLED: Final = 0.7
"""The share of cases in which nothing is to be done any more."""
WORDS: Final = (
    "防災", "子育て", "観光", "農業", "高齢者", "見守り", "移動", "買い物", "空き家", "公園", "道路", "除雪", "健康",
    "食育", "図書館", "学校", "部活動", "水道", "森林", "再生可能", "ごみ", "リサイクル", "文化財", "祭り", "移住",
    "起業", "雇用", "障害者", "外国人", "相談", "窓口", "手続", "データ", "センサー", "ドローン", "アプリ",
)  # fmt: skip
OWN: Final = "roads"
"""The department that asks for its own page."""
RECORDED: Final = 100
"""Cases of it that have a stream: more than a page."""
RARE: Final = "流雪溝"
"""Stands in one proposal of a thousand."""
ACTOR: Final = Actor(id=uuid4(), role=Code("desk_chief"))


@dataclass(frozen=True, slots=True)
class Filled:
    """A city whose work queue has so many cases."""

    office: Office
    count: int

    def page(self, **given: Any) -> Mapping[str, Any]:
        """A page for someone of the desk."""
        return queue.listed(
            self.office, load_or_refuse(WorkListingForm(), given), ACTOR, Sight(store=self.office.store)
        )

    def own(self, department: str) -> Mapping[str, Any]:
        """The first page for someone of a department."""
        sight = Sight(store=self.office.store, departments=frozenset({department}))
        return queue.listed(self.office, load_or_refuse(WorkListingForm(), {}), ACTOR, sight)

    def deep(self) -> Callable[[], Mapping[str, Any]]:
        """A page after others, found by where the page before ended."""
        after = None
        for _ in range(DEEP):
            after = self.page(after=after)["after"]
        return partial(self.page, after=after)


def queues(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """Each question over many cases and over few, in turn."""
    with _filled(servers, scale.few_cases, tell) as few, _filled(servers, scale.many_cases, tell) as many:
        for what, at_most, asked in _questions():
            tell(f"work queue: {what}")
            yield _compared(what, at_most, asked(many), asked(few), scale)


def _questions() -> Iterator[tuple[str, float | None, Callable[[Filled], Callable[[], object]]]]:
    yield "first page", 1.5, lambda at: at.page
    yield "first page of a department, asked by the desk", None, lambda at: partial(at.page, department=OWN)
    yield "first page of a department's own", None, lambda at: partial(at.own, OWN)
    yield "first page with a word of every tenth case", None, lambda at: partial(at.page, search=WORDS[0])
    yield "first page with a word of every thousandth case", None, lambda at: partial(at.page, search=RARE)
    yield f"page after {DEEP} others", None, Filled.deep
    yield "counts", None, lambda at: partial(queue.counted, at.office)


def _compared(
    what: str, at_most: float | None, many: Callable[[], object], few: Callable[[], object], scale: Scale
) -> Figure:
    """Both in turn, so that the drift of the machine cancels."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(scale.pages + 2):
        for ask, kept in zip((many, few), times, strict=True):
            began = perf_counter()
            ask()
            kept.append(perf_counter() - began)
    ours, peer = (one[2:] for one in times)
    return Figure(
        what=f"work queue, {what}: p50, p99, of {scale.many_cases:,} cases against of {scale.few_cases:,}",
        ours=_told(ours),
        peer=_told(peer),
        ratio=median(ours) / median(peer),
        at_most=at_most,
    )


def _told(times: Sequence[float]) -> str:
    percent = quantiles(times, n=100, method="inclusive")
    return f"{percent[49] * 1e3:.1f} ms, {percent[98] * 1e3:.1f} ms"


@contextmanager
def _filled(servers: Servers, count: int, tell: Tell) -> Iterator[Filled]:
    with TemporaryDirectory(prefix="renkei-bench-") as home:
        at = Installation(
            home=Path(home),
            database_url=servers.database_url,
            amqp_uri=servers.amqp_uri,
            management_url=servers.management_url,
        )
        name = f"queue_{count}_{uuid4().hex[:6]}"
        city = create_city(at, name, ROOT / "municipalities" / "aomori.toml", approver="市長", reference="企連第1号")
        with closing(Office(MATCHING, city)) as office:
            tell(f"work queue: {count:,} cases to be filled in")
            uri = urlunsplit(urlsplit(servers.database_url)._replace(path=f"/{database.database(city.name)}"))
            with psycopg.connect(uri, autocommit=True, options="-c statement_timeout=0") as administrator:
                _fill(administrator, office, count)
                _record(administrator, office)
            yield Filled(office, count)


def _fill(connection: Connection, office: Office, count: int) -> None:
    """Cases as a city has them after years: most are answered, of the others each has a date or two."""
    making = Making(Random(SEED), office.today(), sorted(office.pack().departments))  # noqa: S311 - the same each time
    for first in range(0, count, AT_ONCE):
        made = [making.case(number) for number in range(first, min(first + AT_ONCE, count))]
        for table, columns in COLUMNS.items():
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copying:
                for rows in made:
                    for row in rows[table]:
                        copying.write_row(row)
    for table in COLUMNS:
        connection.execute(f"VACUUM ANALYZE {table}")


def _record(connection: Connection, office: Office) -> None:
    """The streams of the cases that a department's first page is of: whether it still has them is looked up there."""
    first = "SELECT case_id, proposal_id FROM matching_cases WHERE departments && %s ORDER BY due_on, case_id LIMIT %s"
    day = office.today()
    for case_id, proposal_id in connection.execute(first, ([OWN], RECORDED)).fetchall():
        offered = CaseOffered(
            offer_id=uuid4(),
            department=OWN,
            part=asking.Part.LEAD,
            offered_on=day,
            suggestion_id=None,
            message=Sealed(None),
        )
        events = [CaseOpened(proposal_id=proposal_id, opened_on=day), offered]
        office.store.append(office.store.new_stream(StreamId(CASE.category, case_id)), events, office.context(ACTOR))


COLUMNS: Final = {
    "data_keys_intake": "id, category, stream_id, class_group, master_key, wrapped",
    "matching_cases": (
        "case_id, proposal_id, version, status, departments, lead, people, opened_on, last_contact_on, due_on,"
        " recorded_at, position"
    ),
    "matching_dates": "source_id, source, subject_id, kind, due_on",
    "matching_case_texts": "case_id, part, key_id, shown, searched, bigrams",
}
"""Table → the columns that are filled, in the order in which one refers to another."""
KINDS: Final = (
    ("matching_deadline", DeadlineCode.DEPARTMENT_ANSWER),
    ("intake_deadline", DeadlineCode.ANSWER_WITH_REASON),
    ("obligation", "promise_of_city"),
)


OPEN: Final = (Status.UNASSIGNED, Status.OFFERED, Status.TAKEN, Status.IN_DIALOGUE, Status.AGREED, Status.DECIDED)
GROUPS: Final = ("business", "personal", "internal")
Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Making:
    """Makes rows of cases, drawn at random."""

    random: Random
    today: date
    departments: Sequence[str]

    def case(self, number: int) -> Mapping[str, Sequence[Row]]:
        """Table → its rows for one case."""
        case, proposal, is_open = self._id(), self._id(), self.random.random() >= SETTLED
        departments = sorted(self.random.sample(self.departments, self.random.choice((1, 1, 1, 2))))
        texts = [self._text(case, part, number) for part in Part]
        dates = [self._date(case, proposal, *kind) for kind in self.random.sample(KINDS, 2)] if is_open else []
        opened_on = self.today - timedelta(days=self.random.randint(0, 90 if is_open else 4_000))
        row = (
            case, proposal, 8, self.random.choice(OPEN) if is_open else Status.ANSWERED, departments, departments[0],
            [self._id()], opened_on, opened_on, min((one[-1] for one in dates), default=date.max), now(), number + 1,
        )  # fmt: skip
        keys = [
            (text[2], "proposal", proposal, group, self._id(), b"") for text, group in zip(texts, GROUPS, strict=True)
        ]
        return {
            "data_keys_intake": keys, "matching_cases": [row], "matching_dates": dates, "matching_case_texts": texts,
        }  # fmt: skip

    def _date(self, case: UUID, proposal: UUID, source: str, kind: str) -> Row:
        subject = proposal if source == "intake_deadline" else case
        return self._id(), source, subject, kind, self.today + timedelta(days=self.random.randint(-20, 90))

    def _text(self, case: UUID, part: Part, number: int) -> Row:
        """Title and summary of some four of the words; a name; a number."""
        words = self.random.sample(WORDS, 4) + ([RARE] if number % 1_000 == 0 else [])
        shown = {
            Part.PROPOSAL: f"{words[0]}と{words[1]}の連携",
            Part.PROPOSER: f"株式会社{words[0]}{number}",
            Part.RECEIPT_NUMBER: f"{self.random.getrandbits(48):012X}",
        }[part]
        summary = f"市内の{'、'.join(words)}について、民間の技術を生かして課題を解決することを提案します。" * 3
        searched = folded(f"{shown} {summary}" if part is Part.PROPOSAL else shown)
        return case, part, self._id(), shown, searched, bigrams(searched)

    def _id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)
