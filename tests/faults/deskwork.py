"""What the desk's work has to have left: each proposal's story to the letter, once, and what follows by itself."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import psycopg

from tests.faults.accounts import Account
from tests.faults.courses import Fate, Matter
from tests.faults.scene import Scene
from tests.faults.staff import DeskChief
from tests.faults.steps import Course
from tests.positions import Numbered

FLAGS: Final = ("ProposalFlagged", "ProposalFlagCleared", "CaseFlagged", "CaseFlagCleared")
STATUS: Final[Mapping[Fate, str]] = {
    Fate.LEFT: "received",
    Fate.ACCEPTED: "accepted",
    Fate.CORRECTED: "accepted",
    Fate.WITHDRAWN: "withdrawn",
    Fate.INELIGIBLE: "ineligible",
    Fate.REDIRECTED: "redirected",
}
OPEN: Final = (Fate.LEFT, Fate.ACCEPTED, Fate.CORRECTED)
DEADLINES: Final[Mapping[Fate, tuple[str, str]]] = {
    Fate.LEFT: ("running", "running"),
    Fate.ACCEPTED: ("running", "running"),
    Fate.CORRECTED: ("running", "running"),
    Fate.WITHDRAWN: ("dropped", "dropped"),
    Fate.INELIGIBLE: ("met", "met"),
    Fate.REDIRECTED: ("met", "met"),
}
"""What becomes of the first contact and of the answer with its reason."""


def settle(
    account: Account, scene: Scene, label: str, connection: psycopg.Connection[Any], log: Sequence[Numbered]
) -> None:
    """Adds to the account what has become of one city's proposals."""
    chief = scene.chiefs[label]
    if chief.fault is not None:
        account.faults.append(f"{chief.name} ended by {chief.fault!r}")
    stored = {(str(one.id), one.stream, one.version) for one in log}
    for course in chief.courses:
        _settle_course(account, course, stored)
    _settle_stories(account, chief, log)
    _settle_letters(account, scene, label, log)
    _settle_deadlines(account, connection, chief, log)
    _settle_flags(account, connection, chief, log)


def _settle_course(account: Account, course: Course, stored: set[tuple[str, str, int]]) -> None:
    """Every command was answered, always alike, and what was answered is stored."""
    for command in course.commands:
        account.commands += 1
        of = f"{command.method} {command.arguments}"
        account.faults += [f"{of} was refused: {error}" for error in command.errors]
        if not command.answers:
            account.lost.append(f"{of} was never answered")
        if any(answer != command.answers[0] for answer in command.answers):
            account.faults.append(f"{of} was answered in different ways: {command.answers}")
        for event in [event for answer in command.answers[:1] for event in answer["events"] or [{"id": "no event"}]]:
            if (event["id"], event.get("stream"), event.get("version")) not in stored:
                account.lost.append(f"{of} was answered and is not stored: {event}")
    if course.awaited is not None:
        account.lost.append(f"a course waits for {course.awaited}")


def _settle_stories(account: Account, chief: DeskChief, log: Sequence[Numbered]) -> None:
    """The events of each proposal and case are those of its story and no others: an edition, a decision once."""
    stories = _types(one for one in log if one.type not in FLAGS)
    cases = {one.envelope["data"]["proposal_id"]: one.stream for one in log if one.type == "CaseOpened"}
    for matter in chief.matters:
        account.fates[matter.fate.value] += 1
        due = {f"proposal-{matter.proposal_id}": matter.story()}
        if matter.has_case:
            account.ends[matter.pursuit.end.value] += 1
            due[cases.get(matter.proposal_id, "no case")] = matter.pursuit.story
        for stream, story in due.items():
            if stories[stream] != story:
                account.faults.append(f"{stream}, {matter.fate}: {stories[stream]} instead of {story}")


def _settle_letters(account: Account, scene: Scene, label: str, log: Sequence[Numbered]) -> None:
    """One letter for each proposal that is told by one, sent once by the record, and in the mailbox at least once."""
    composed = {one.stream: one.envelope["data"]["subject_id"] for one in log if one.type == "LetterComposed"}
    stories = _types(one for one in log if one.stream in composed)
    account.letters += len(stories)
    cases = {
        one.envelope["data"]["proposal_id"]: one.stream.partition("-")[2] for one in log if one.type == "CaseOpened"
    }
    for matter in scene.chiefs[label].matters:
        due = {matter.proposal_id: matter.letter()}
        if matter.has_case:
            due[cases.get(matter.proposal_id, "no case")] = matter.pursuit.letter
        for about, story in due.items():
            found = [stories[stream] for stream, subject in composed.items() if subject == about]
            if found != ([story] if story else []):
                account.faults.append(f"the letter about {about}: {found} instead of {story}")
    dispatched = sum(1 for one in log if one.type == "LetterDispatched")
    mails = [one.message for one in scene.mailbox.taken]
    taken = [mail["Message-ID"] for mail in mails if mail["From"].addresses[0].domain == f"{label}.example.jp"]
    account.mails += len(taken)
    if len(set(taken)) != dispatched:
        account.faults.append(f"{label}: {dispatched} letters are recorded as sent, {len(set(taken))} were taken")


def _settle_deadlines(
    account: Account, connection: psycopg.Connection[Any], chief: DeskChief, log: Sequence[Numbered]
) -> None:
    """Each deadline was set once, and stands as the proposal's fate asks."""
    twice = Counter(one.stream for one in log if one.type == "DeadlineSet")
    account.twice += [f"{stream} was set {n} times" for stream, n in twice.items() if n > 1]
    standing: dict[str, dict[str, str]] = defaultdict(dict)
    for subject, code, status in connection.execute("SELECT subject_id, code, status FROM intake_deadlines"):
        standing[str(subject)][code] = status
    for matter in chief.matters:
        due = dict(zip(("first_contact", "answer_with_reason"), DEADLINES[matter.fate], strict=True))
        if matter.has_case:
            due |= matter.pursuit.due
        if standing[matter.proposal_id] != due:
            found = standing[matter.proposal_id]
            account.faults.append(f"deadlines of {matter.proposal_id}, {matter.fate}: {found} instead of {due}")


def _settle_flags(
    account: Account, connection: psycopg.Connection[Any], chief: DeskChief, log: Sequence[Numbered]
) -> None:
    """Who is flagged is what the register says: open proposals of the company, by every measure that stands."""
    lifted = {one.stream for one in log if one.type == "MeasureLifted"}
    entered = [one.stream for one in log if one.type == "MeasureEntered"]
    standing = {UUID(stream.removeprefix("register_entry-")) for stream in entered if stream not in lifted}
    account.measures += len(entered)
    account.flags += sum(1 for one in log if one.type == "ProposalFlagged")
    proposals = dict(connection.execute("SELECT proposal_id, flags FROM intake_proposals").fetchall())
    cases = dict(connection.execute("SELECT proposal_id, flags FROM matching_cases").fetchall())
    for matter in chief.matters:
        account.faults += _misflagged(matter, standing, proposals, cases)


def _misflagged(
    matter: Matter, standing: set[UUID], proposals: Mapping[UUID, list[UUID]], cases: Mapping[UUID, list[UUID]]
) -> list[str]:
    """What is wrong with a proposal's flags. One that is closed keeps those of measures that stand, and gets none."""
    proposal_id = UUID(matter.proposal_id)
    found = set(proposals[proposal_id])
    due = standing if matter.is_of_suspended else set()
    is_right = found == due if matter.fate in OPEN else found <= due
    wrong = [] if is_right else [f"flags of {proposal_id}, {matter.fate}: {found} instead of {due}"]
    if set(cases.get(proposal_id, found)) != found:
        wrong.append(f"the case of {proposal_id} has the flags {cases[proposal_id]}, the proposal {found}")
    return wrong


def _types(events: Iterable[Numbered]) -> dict[str, list[str]]:
    """Stream → the types of its events, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in events:
        found[one.stream].append(one.type)
    return found
