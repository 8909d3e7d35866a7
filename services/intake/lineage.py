"""Proposals merged into one and split into several: whatever streams that touches, all of it is recorded, or nothing.

One transaction carries every side, so that no two sides ever contradict each other: of two merges into each other one
is refused, and a split that is interrupted has not begun.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

import orjson

from desk.commands import told_event
from desk.forms import refuse
from desk.office import Office
from desk.packs import Pack
from desk.packs.codes import Channel
from desk.portal.later import require_same
from desk.portal.messages import submission_id
from eventstore.errors import NotFound
from eventstore.execution import execute
from eventstore.records import Actor, Context, Recorded, StreamId
from eventstore.store import EventStore
from services.intake.domain.content import ProposalContent
from services.intake.domain.proposal import PROPOSAL, ProposalCommand, ProposalReceived
from services.intake.domain.proposal.lineage import AbsorbProposal, MergeProposal, MergeTarget, SplitProposal
from services.intake.domain.proposal.status import UNDECIDED
from services.intake.forms import Counter, read_proposal
from services.intake.reactions.answers import receipt_fields
from services.intake.reception import Arrival, Reception
from services.intake.schemas.lineage import Division, Merger


class LineageDesk:
    """Merges and splits the proposals of one city."""

    def __init__(self, office: Office, reception: Reception) -> None:
        self._office = office
        self._reception = reception

    def merge(self, stated: Merger, actor: Actor, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The events of both proposals. Raises what `MergeProposal` is refused with, and what else `execute` does.

        The streams are written in the order of their ids: of two merges into each other the later one waits, reads
        what the earlier one made of its proposals, and is refused.
        """
        office, today = self._office, self._office.today()
        source, target = (StreamId(PROPOSAL.category, one) for one in (stated.proposal_id, stated.into))
        context = self._context(stated, actor, arguments)
        with office.database.connection() as connection, connection.transaction():
            store = office.store.amid(connection)
            found = None if source == target else _merge_target(store, target)
            merge = MergeProposal(
                merged_on=today, into=target.id, target=found, same_party_confirmed=stated.same_party_confirmed
            )
            steps: list[tuple[StreamId, ProposalCommand, int | None]] = [
                (source, merge, stated.expected_version),
                (target, AbsorbProposal(absorbed_on=today, proposal_id=source.id), None),
            ]
            ordered = sorted(steps, key=lambda step: str(step[0])) if found else steps
            done = {
                stream: execute(store, PROPOSAL, stream, command, context, expected_version=seen).recorded
                for stream, command, seen in ordered
            }
        return {"events": [told_event(recorded) for recorded in (*done[source], *done[target])]}

    def split(self, stated: Division, actor: Actor, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The events of the proposal and of its parts, and a receipt for each part.

        A part is received as of the day on which the whole was, under the pack of that day, and by the way that the
        whole came. Raises `InvalidMessage` with what is wrong with any part, `NotFound`, and what else `execute` does.
        """
        context = self._context(stated, actor, arguments)
        stream = StreamId(PROPOSAL.category, stated.proposal_id)
        events = self._office.store.load(stream).events
        if not events:
            raise NotFound
        for recorded in events:
            if recorded.command_id == stated.command_id:
                require_same(recorded, context.digest or "")
                return self._told(recorded, context)
        return self._told(self._divide(events[0], stated, context), context)

    def _divide(self, whole: Recorded, stated: Division, context: Context) -> Recorded:
        """Receives the parts and closes the whole, in one transaction."""
        office, received = self._office, whole.event
        pack = office.rules.in_force(received.received_on)
        contents = self._read(stated.parts, whole, pack)
        command = SplitProposal(split_on=office.today(), parts=_part_ids(context, len(contents)))
        with office.database.connection() as connection, connection.transaction():
            reception = self._reception.amid(connection)
            for n, (part, content) in enumerate(zip(stated.parts, contents, strict=True)):
                arrival = _arrival(part, whole, _of_part(context, n, whole, pack))
                reception.receive_proposal(content, arrival, pack, made_from=whole.stream)
            done = execute(
                office.store.amid(connection), PROPOSAL, whole.stream, command, context,
                expected_version=stated.expected_version,
            )  # fmt: skip
        return done.recorded[0]

    def _read(self, parts: Sequence[object], whole: Recorded, pack: Pack) -> list[ProposalContent]:
        """What each part says. Raises `InvalidMessage` with all errors of all parts.

        Staff enter them, so pledges may be pending; the way by which the whole came was open when it came.
        """
        at = Counter(
            municipality=self._office.city.municipality,
            channel=Channel.COUNTER,
            pack=pack,
            counted=whole.occurred_at,
            schedule_of=self._reception.schedule_of,
        )
        read = [read_proposal(part, at) for part in parts]
        refuse(
            replace(error, field=f"parts.{n}.{error.field}")
            for n, (_, errors) in enumerate(read)
            for error in errors
            if error.field != "channel"
        )
        return [content for content, _ in read if content is not None]

    def _context(self, stated: Merger | Division, actor: Actor, arguments: Mapping[str, Any]) -> Context:
        """What the record says beside the content; any JSON value has a digest, also what a part then refuses."""
        digest = self._office.digest(json.dumps(arguments, sort_keys=True).encode())
        return self._office.context(actor, stated.command_id, reason=stated.reason, digest=digest)

    def _told(self, split: Recorded, context: Context) -> dict[str, Any]:
        """What the split returns, read back: so a repetition is told the same."""
        events, parts = [split], []
        for n, part in enumerate(split.event.parts):
            command_id = _part_command(context, n)
            received = self._reception.original(command_id, context.digest or "")
            if received is None:
                raise AssertionError("a part is recorded with the split")
            stream = self._office.store.load(StreamId(PROPOSAL.category, part))
            events += [recorded for recorded in stream.events if recorded.command_id == command_id]
            parts.append({"proposal_id": str(part), **receipt_fields(received.receipt)})
        return {"events": [told_event(recorded) for recorded in events], "parts": parts}


def _merge_target(store: EventStore, stream: StreamId) -> MergeTarget | None:
    """What a proposal has to agree with to go on in this one; None where that is not open and undecided."""
    proposal = PROPOSAL.fold(store.load(stream).events)
    if proposal.status not in UNDECIDED:
        return None
    return MergeTarget(kind=proposal.kind, call_id=proposal.call_id, party=proposal.party)


def _part_command(context: Context, n: int) -> UUID:
    """The id of the command that brings the n-th part (from 0): a repeated split brings the same ones."""
    return uuid5(context.command_id, f"part/{n}")


def _part_ids(context: Context, count: int) -> tuple[UUID, ...]:
    return tuple(submission_id(_part_command(context, n)) for n in range(count))


def _of_part(context: Context, n: int, whole: Recorded, pack: Pack) -> Context:
    """The context in which a part is received: when and how the whole came."""
    return replace(
        context,
        command_id=_part_command(context, n),
        channel=whole.channel,
        policy=pack.digest,
        occurred_at=whole.occurred_at,
    )


def _arrival(part: Mapping[str, Any], whole: Recorded, context: Context) -> Arrival:
    received: ProposalReceived = whole.event
    return Arrival(
        document=orjson.dumps(part, option=orjson.OPT_SORT_KEYS),
        received_on=received.received_on,
        submitted_at=received.submitted_at,
        channel=Channel(whole.channel or Channel.COUNTER),
        context=context,
    )
