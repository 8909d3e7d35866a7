"""What has to follow from what was answered: the ledger holds it, cases open once, read models show it once."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final
from uuid import UUID

import psycopg

from apps.composition import SERVICES
from desk.office import Office
from eventstore.city import City
from eventstore.declaration import Service
from services.intake.declaration import INTAKE
from services.matching.declaration import MATCHING
from tests.cities import ROOT
from tests.faults import deskwork
from tests.faults.accounts import Account
from tests.faults.scene import Scene
from tests.faults.serving import until
from tests.faults.staff import DeskChief
from tests.faults.subscriber import Subscriber
from tests.positions import Numbered, disorder, positions
from tests.rebuilding import rebuilt_otherwise

FOLLOWED_WITHIN: Final = 60.0
"""Seconds after the last answer in which everything is numbered and followed."""
SUBSCRIPTIONS: Final = {(service.name, one.name) for service in SERVICES for one in service.subscriptions}
_STANDING: Final = (
    "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM positions),"
    " (SELECT jsonb_object_agg(service || '.' || name, position) FROM subscriptions)"
)


def settle(account: Account, scene: Scene) -> None:
    """Waits until every city's log is followed to its end, and adds to the account what has become of it."""
    for label, city in scene.cities.items():
        try:
            with scene.administrator(city) as connection:
                _await_letters(connection)
                _await_followed(connection)
                log = positions(connection)
                _settle_city(account, connection, log)
                _settle_lists(account, connection, scene.chiefs[label], log)
                deskwork.settle(account, scene, label, connection, log)
                _settle_hearing(account, scene.subscribers[label], log)
            account.faults += _unsound(scene, city, len(log))
            for service in (INTAKE, MATCHING):
                account.faults += _rebuilt_otherwise(scene, city, service)
        except Exception as fault:  # noqa: BLE001 - a city that cannot be read is one more broken promise
            account.faults.append(f"{label}: {type(fault).__name__} {fault}")


def _await_letters(connection: psycopg.Connection[Any]) -> None:
    """Waits until no letter waits for the mail server; raises TimeoutError."""

    def nothing_waits() -> bool:
        composed = "SELECT count(*) FROM events WHERE type = 'LetterComposed'"
        sent = "SELECT count(*) FROM events WHERE type IN ('LetterDispatched', 'LetterPosted')"
        return bool(connection.execute(f"SELECT ({composed}) = ({sent})".encode()).fetchone()[0])

    until(nothing_waits, FOLLOWED_WITHIN, "every letter is sent")


def _await_followed(connection: psycopg.Connection[Any]) -> None:
    """Raises TimeoutError, which says how far everything is."""
    seen: list[Any] = []

    def at_the_head() -> bool:
        seen[:] = connection.execute(_STANDING).fetchone() or ()
        stored, numbered, followed = seen
        names = {f"{service}.{name}" for service, name in SUBSCRIPTIONS}
        return followed is not None and names == followed.keys() and {stored, numbered, *followed.values()} == {stored}

    try:
        until(at_the_head, FOLLOWED_WITHIN, "everything is followed")
    except TimeoutError:
        stored, numbered, followed = seen
        raise TimeoutError(f"stored {stored}, numbered {numbered}, followed {followed}") from None


def _settle_city(account: Account, connection: psycopg.Connection[Any], log: Sequence[Numbered]) -> None:
    (stored,) = connection.execute("SELECT count(*) FROM events").fetchone() or (0,)
    account.positions += len(log)
    account.faults += disorder(log, stored)
    parked = connection.execute("SELECT service, subscription, position, code FROM parked_positions").fetchall()
    account.faults += [f"parked: {row}" for row in parked]
    _settle_cases(account, log)


def _of(log: Sequence[Numbered], event_type: str) -> list[Numbered]:
    return [one for one in log if one.type == event_type]


def _settle_hearing(account: Account, subscriber: Subscriber, log: Sequence[Numbered]) -> None:
    """What wire.md promises a subscriber."""
    subscriber.await_all(log, FOLLOWED_WITHIN)
    if subscriber.fault is not None:
        account.faults.append(f"{subscriber.name} ended by {subscriber.fault!r}")
    account.heard += sum(len(hearing.first) for hearing in subscriber.hearings)
    account.repeated_events += sum(hearing.repeated for hearing in subscriber.hearings)
    account.faults += subscriber.broken_promises(log)


def _settle_cases(account: Account, log: Sequence[Numbered]) -> None:
    """Each acceptance has opened one case, and nothing else has."""
    cases = _of(log, "CaseOpened")
    account.cases += len(cases)
    causes = {one.id: one.stream for one in _of(log, "ProposalAccepted")}
    opened = Counter(case.causation for case in cases)
    account.lost += [f"{stream} was accepted and has no case" for cause, stream in causes.items() if not opened[cause]]
    account.twice += [f"{causes.get(cause, 'nothing')} opened {n} cases" for cause, n in opened.items() if n > 1]
    for case in cases:
        if causes.get(case.causation) != f"proposal-{case.envelope['data']['proposal_id']}":
            account.faults.append(f"{case.stream} is not the case of what caused it, {case.causation}")


def _settle_lists(
    account: Account, connection: psycopg.Connection[Any], chief: DeskChief, log: Sequence[Numbered]
) -> None:
    """Each proposal and each case is shown once, as it stands in the end."""
    version = {one.stream: one.version for one in log}
    proposals = [
        (stream := f"proposal-{matter.proposal_id}", version.get(stream, 0), deskwork.STATUS[matter.fate])
        for matter in chief.matters
    ]
    ends = {matter.proposal_id: matter.pursuit.status for matter in chief.matters if matter.has_case}
    cases = [
        (one.stream, version[one.stream], ends.get(proposal := one.envelope["data"]["proposal_id"]), UUID(proposal))
        for one in _of(log, "CaseOpened")
    ]
    shown = (
        ("intake_proposals", "SELECT 'proposal-' || proposal_id, version, status FROM intake_proposals", proposals),
        ("matching_cases", "SELECT 'case-' || case_id, version, status, proposal_id FROM matching_cases", cases),
    )
    for name, statement, due in shown:
        rows, wanted = Counter(connection.execute(statement.encode()).fetchall()), Counter(due)
        account.projected += rows.total()
        account.faults += [f"{name} shows {row} once too often" for row in rows - wanted]
        account.faults += [f"{name} does not show {row}" for row in wanted - rows]


def _unsound(scene: Scene, city: City, size: int) -> list[str]:
    """What `renkei ledger verify` finds wrong with a ledger of this size."""
    command = [sys.executable, "-m", "apps.cli", "ledger", "verify", "--json", "--city", city.name]
    run = subprocess.run(command, cwd=ROOT, env=scene.serving.environment, capture_output=True, text=True, check=False)
    if run.returncode == 0 and json.loads(run.stdout)["size"] == size:
        return []
    return [f"the ledger of {city.name}, {size} positions: {run.stdout[:2000]} {run.stderr[-2000:]}"]


def _rebuilt_otherwise(scene: Scene, city: City, service: Service) -> list[str]:
    with closing(Office(service, city)) as office, scene.administrator(city) as connection:
        return [f"{table} is another one when it is rebuilt" for table in rebuilt_otherwise(office, connection)]
