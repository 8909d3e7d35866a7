"""What is settled after the faults: every submission against what the city's log holds."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import Any

from desk.office import Office
from desk.portal.messages import submission_command_id, submission_id
from eventstore.city import City
from eventstore.protection import Sealed
from eventstore.records import Recorded, StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.later import LATER_SUBMISSION
from services.intake.reception import CATEGORIES
from tests.faults.portals import Portal, Submission
from tests.faults.scene import Scene

RECEIVED = {"ProposalSubmitted": "ProposalReceived", "InquirySubmitted": "InquiryReceived"}
TAKEN = "SubmissionTaken"
RECEIPTS = frozenset({*RECEIVED.values(), TAKEN})
KEPT_IN = (*CATEGORIES, LATER_SUBMISSION.category)
"""The categories in which a submission has a stream of its own: one of them."""


@dataclass(slots=True)
class Account:
    """How the submissions of a run ended, and what followed; `faults` names everything that broke a promise."""

    attempted: int = 0
    answered: int = 0
    received: int = 0
    refused: int = 0
    repeated_answers: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    commands: int = 0
    letters: int = 0
    mails: int = 0
    measures: int = 0
    flags: int = 0
    cases: int = 0
    projected: int = 0
    positions: int = 0
    heard: int = 0
    repeated_events: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    parked: Counter[str] = field(default_factory=Counter)

    @property
    def is_settled(self) -> bool:
        """Whether every promise was kept."""
        return self.answered == self.attempted and not (self.lost or self.twice or self.faults)

    def __str__(self) -> str:
        counts = (
            f"attempted {self.attempted}, answered {self.answered} (received {self.received}, refused {self.refused}, "
            f"{self.repeated_answers} answers repeated), lost {len(self.lost)}, twice {len(self.twice)}, "
            f"parked {dict(self.parked)}"
        )
        if self.positions:
            counts += f"\n  fates {dict(sorted(self.fates.items()))} by {self.commands} commands, cases {self.cases} "
            counts += f"{dict(sorted(self.ends.items()))}, "
            counts += f"letters {self.letters} (mails {self.mails}), measures {self.measures} (flags {self.flags}), "
            counts += f"projected {self.projected}, positions {self.positions}, "
            counts += f"heard outside {self.heard} ({self.repeated_events} events repeated)"
        return "\n  ".join([counts, *self.lost[:10], *self.twice[:10], *self.faults[:20]])


def settle(scene: Scene) -> Account:
    """Compares what the portals were answered with what the databases hold."""
    account = Account()
    for label, city in scene.cities.items():
        office = Office(INTAKE, city)
        try:
            portals = [portal for portal in scene.portals if scene.city_of(portal) is city]
            _settle_city(account, _Held(office, city, scene), portals)
        except Exception as fault:  # noqa: BLE001 - a city that cannot be read is one more broken promise
            account.faults.append(f"{label}: {type(fault).__name__} {fault}")
        finally:
            office.close()
    return account


@dataclass(slots=True)
class _Held:
    """What one city's database holds, read as the service and as administrator."""

    office: Office
    city: City
    scene: Scene

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.scene.administrator(self.city) as administrator:
            return administrator.execute(statement.encode()).fetchall()

    def of(self, portal: str, submission: Submission) -> list[Recorded]:
        """The receipts that were recorded of a submission."""
        made = submission_id(submission_command_id(portal, submission.id))
        streams = [StreamId(category, made) for category in KEPT_IN]
        return [
            event for stream in streams for event in self.office.store.load(stream).events if event.type in RECEIPTS
        ]


def _settle_city(account: Account, held: _Held, portals: Sequence[Portal]) -> None:
    known = set()
    for portal in portals:
        if portal.fault is not None:
            account.faults.append(f"{portal.name} ended by {portal.fault!r}")
        for submission in portal.submissions:
            recorded = held.of(portal.name, submission)
            known |= {event.stream.id for event in recorded}
            _settle_submission(account, submission, recorded)
    streams = held.rows("SELECT stream_id, category, count(*), max(version) FROM events GROUP BY 1, 2")
    account.faults += [f"{stream} is not dense: {n} of {last}" for stream, _, n, last in streams if n != last]
    strangers = [stream for stream, category, _, _ in streams if category in KEPT_IN and stream not in known]
    account.twice += [f"{stream} belongs to no submission" for stream in strangers]
    account.parked.update(dict(held.rows("SELECT reason, count(*) FROM parked GROUP BY 1")))
    if account.parked["fault"]:
        account.faults.append("messages were parked for a fault of our own")


def _settle_submission(account: Account, submission: Submission, recorded: list[Recorded]) -> None:
    account.attempted += 1
    account.repeated_answers += max(0, len(submission.answers) - 1)
    if len(recorded) > 1:
        account.twice.append(f"{submission.id} has {len(recorded)} events")
    if not submission.answers:
        account.lost.append(f"{submission.id} ({'stored' if recorded else 'not stored'}) was never answered")
        return
    account.answered += 1
    told = {json.dumps(_told(answer), sort_keys=True) for answer in submission.answers}
    if len(told) > 1:
        account.faults.append(f"{submission.id} was answered in different ways: {sorted(told)}")
    answer = json.loads(submission.answers[0])
    if not submission.valid:
        account.refused += 1
        if answer["type"] != "SubmissionRefused" or recorded:
            account.faults.append(f"{submission.id} should have been refused: {answer['type']}, {len(recorded)} events")
    elif not recorded:
        account.lost.append(f"{submission.id} was answered {answer['type']} and is not stored: {answer['data']}")
    else:
        account.received += 1
        account.faults += [f"{submission.id}: {fault}" for fault in _differences(submission, answer, recorded[0])]


def _told(answer: bytes) -> dict[str, Any]:
    """What has to be the same each time: of a refusal, which files nothing, not the instant."""
    event: dict[str, Any] = json.loads(answer)
    if event["type"] == "SubmissionRefused":
        event.pop("time", None)  # a refusal names none
    return event


def _differences(submission: Submission, answer: dict[str, Any], recorded: Recorded) -> Iterator[str]:
    """Where the answer, the record and the submission do not agree."""
    received = RECEIVED.get(submission.type)
    if (answer["type"], recorded.type) != ((received, received) if received else ("SubmissionAccepted", TAKEN)):
        yield f"answered {answer['type']}, recorded {recorded.type}"
        return
    event = recorded.event
    closed = [
        f.name for f in fields(event) if isinstance(value := getattr(event, f.name), Sealed) and not value.is_open
    ]
    if closed or recorded.command_digest is None or not recorded.command_digest.is_open:
        yield f"cannot be opened: {closed}"
        return
    told = answer["data"]
    document = event.document.reveal()
    if document != submission.body and not (document is None and submission.type == "CorrectionSubmitted"):
        yield "the document is not what was sent"
    numbers = (told["receipt_number"], event.receipt_number.reveal()) if received else ("", "")
    if numbers[0] != numbers[1] or answer["id"] != str(recorded.id):
        yield "the answer names another record"
    receipt = told["content_receipt"]
    if receipt["sha256"] != sha256(bytes.fromhex(receipt["nonce"]) + submission.body).hexdigest():
        yield "the content receipt does not fit"
