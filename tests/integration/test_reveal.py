"""Revealing: a replay opens sealed values for who may, with a purpose, recorded first, and only what was asked for."""

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result

from apps.cli.__main__ import main
from apps.records.export import Exported, export
from apps.records.opened_values import ValueNotWhole
from apps.records.replay_file import AnotherReplayBegun
from apps.records.revealing import REVEALABLE, ClassNotRevealable, PurposeRequired, Reveal
from apps.records.selection import Selection
from apps.records.timeline import RecordsOffice
from desk.office import NotPermitted, Office
from eventstore.city import City
from eventstore.errors import InvalidMessage, KeyUnavailable, Unavailable
from eventstore.parked import Delivery
from eventstore.protection import ClassGroup, Protection
from eventstore.records import Actor, Code, StreamId, sealed_parts
from eventstore.sealing.keys import encrypt
from eventstore.sealing.stored import StoredKey
from eventstore.sealing.values import SealedBlob, open_blob, verify_part
from eventstore.tokens import TokenRefused
from services.administration.declaration import ADMINISTRATION
from services.intake.declaration import INTAKE
from services.intake.queries.records import opened_record
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from tests.appending import unable_to_append
from tests.cities import Cities
from tests.ledgers import connected, intruder, numbered
from tests.portals import FULL, INQUIRY, admitted_in_the_log, as_body, inquiry, submission
from tests.tokens import token_of

READER: Final = Actor(id=uuid4(), role=Code("desk_officer"))
PURPOSE: Final = "開示請求第7号の検討"
PROPOSALS: Final = Selection(types=frozenset({"ProposalReceived"}))


@pytest.fixture(scope="module")
def revealed(cities: Cities, city: City) -> City:
    """A city with a proposal, an inquiry, and one opening of the proposal, all numbered."""
    (proposal, _) = received(cities, city, submission(FULL), inquiry())
    record = StreamId("proposal", UUID(proposal["proposal_id"]))
    opened_record(cities.office(INTAKE, city), record, READER, "審査のため")
    numbered(city)
    return city


def received(cities: Cities, city: City, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    """What a portal is answered, in a city that knew no portal; everything is numbered."""
    admitted_in_the_log(cities.office(ADMINISTRATION, city), "city-portal", uuid4())
    office = cities.office(INTAKE, city)
    reactions = portal_reactions(office, Reception(office))
    deliveries = [
        Delivery(body=as_body(one), content_type="application/json", routing_key=one["type"], user_id="city-portal")
        for one in messages
    ]
    answers = [reactions.answer(delivery).event["data"] for delivery in deliveries]
    numbered(city)
    return answers


@pytest.fixture(scope="module")
def administration(cities: Cities, revealed: City) -> Office:
    """Where reveals are recorded."""
    return cities.office(ADMINISTRATION, revealed)


@pytest.fixture
def log_of_reveals(administration: Office, revealed: City) -> Callable[[], list[Any]]:
    """`log_of_reveals()`: what was revealed since the test began, as it was recorded."""

    def recorded() -> list[Any]:
        with connected(revealed.databases["records"]) as connection:
            streams = connection.execute(
                "SELECT stream_id FROM events WHERE type = 'RecordsRevealed' ORDER BY sequence"
            ).fetchall()
        return [
            one
            for (stream,) in streams
            for one in administration.store.load(StreamId("administration_access", stream)).events
        ]

    before = len(recorded())
    return lambda: recorded()[before:]


LogOfReveals = Callable[[], list[Any]]


def asking(city: City, *classes: Protection, **changed: Any) -> Reveal:
    """A records officer's wish."""
    given = {"classes": frozenset(classes), "purpose": PURPOSE, "token": token_of(city, "records_officer"), **changed}
    return Reveal(**given)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def sealed(line: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    return sealed_parts(line["record"])


@pytest.mark.row("B09")
@pytest.mark.parametrize("protection", REVEALABLE)
def test_only_the_class_that_was_asked_for_is_opened_and_each_value_is_the_one_committed_to(
    revealed: City, tmp_path: Path, protection: Protection
) -> None:
    export(revealed, Selection(), tmp_path / "opened", reveal=asking(revealed, protection))

    for line in lines(tmp_path / "opened"):
        of_class = {path for path, part in sealed(line).items() if part["class"] == protection}
        assert (set(line["opened"]), line["closed"]) == (of_class, [])
        assert all(verify_part(sealed(line)[path], path, entry) for path, entry in line["opened"].items())


@pytest.mark.row("B09")
def test_several_classes_are_opened_together(revealed: City, tmp_path: Path) -> None:
    export(revealed, PROPOSALS, tmp_path / "opened", reveal=asking(revealed, *REVEALABLE))

    (line,) = lines(tmp_path / "opened")
    assert line["opened"]["title"]["value"] == FULL["title"]
    assert line["opened"]["contact_name"]["value"] == FULL["contact"]["name"]
    assert set(line["opened"]) == set(sealed(line))


@pytest.mark.row("B09")
def test_who_opened_what_and_what_for_is_itself_in_the_log(
    revealed: City, tmp_path: Path, log_of_reveals: LogOfReveals
) -> None:
    reader = uuid4()
    selection = Selection(
        recorded_from=date(2026, 1, 1),
        types=frozenset({"ProposalReceived"}),
        streams=frozenset({StreamId("inquiry", reader)}),
    )
    token = token_of(revealed, "records_officer", staff=reader)

    done = export(revealed, selection, tmp_path / "opened", reveal=asking(revealed, Protection.BUSINESS, token=token))

    (recorded,) = log_of_reveals()
    assert recorded.actor == Actor(id=reader, role=Code("records_officer"), app=Code("command_line"))
    event = recorded.event
    assert (event.classes, event.size, event.purpose.reveal()) == ((Protection.BUSINESS,), done.ledger.size, PURPOSE)
    assert (event.as_of, event.recorded_from, event.recorded_to) == (None, date(2026, 1, 1), None)
    assert (event.types, event.streams) == (("ProposalReceived",), (f"inquiry-{reader}",))
    with closing(RecordsOffice(revealed)) as office:
        (entry,) = office.timeline(str(recorded.stream), token)
    assert entry.sentence == "記録をまとめて書き出し、保護された内容（事業情報）も含めました。"


@pytest.mark.row("B09")
def test_the_records_office_sees_who_opened_what_and_what_for(revealed: City, tmp_path: Path) -> None:
    opened = Selection(types=frozenset({"RecordOpened"}))

    export(revealed, opened, tmp_path / "sealed")
    export(revealed, opened, tmp_path / "opened", reveal=asking(revealed, Protection.INTERNAL))

    (line,), (with_purpose,) = lines(tmp_path / "sealed"), lines(tmp_path / "opened")
    assert line["record"] == with_purpose["record"]
    assert line["record"]["actor"]["id"] == str(READER.id)
    assert with_purpose["opened"]["purpose"]["value"] == "審査のため"


@pytest.mark.row("B09")
@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"roles": ("auditor",)}, NotPermitted),
        ({"roles": ("desk_officer", "administrator")}, NotPermitted),
        ({"token": None}, TokenRefused),
        ({"token": "x.y.z"}, TokenRefused),
        ({"issued": datetime(2026, 1, 1, tzinfo=UTC)}, TokenRefused),
        ({"purpose": None}, PurposeRequired),
        ({"purpose": "  "}, InvalidMessage),
        ({"purpose": "長" * 401}, InvalidMessage),
        ({"classes": frozenset({Protection.SAFETY})}, ClassNotRevealable),
        ({"classes": frozenset({Protection.BUSINESS, Protection.PUBLIC})}, ClassNotRevealable),
    ],
    ids=[
        "auditor", "another office", "no token", "no real token", "an old token", "no purpose", "a blank purpose",
        "a long purpose", "safety", "public",
    ],
)  # fmt: skip
def test_without_permission_purpose_or_openable_class_nothing_is_written_and_nothing_recorded(
    revealed: City, tmp_path: Path, log_of_reveals: LogOfReveals, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    if not {"token", "purpose", "classes"} & set(changed):
        changed = {
            "token": token_of(revealed, *changed.get("roles", ("records_officer",)), issued=changed.get("issued"))
        }

    with pytest.raises(refusal):
        export(revealed, PROPOSALS, tmp_path / "opened", reveal=asking(revealed, Protection.BUSINESS, **changed))

    assert not list(tmp_path.iterdir())
    assert not log_of_reveals()


@pytest.mark.row("B09")
def test_what_cannot_be_recorded_is_not_opened(
    cities: Cities, revealed: City, tmp_path: Path, log_of_reveals: LogOfReveals
) -> None:
    with unable_to_append(cities, revealed, "administration"), pytest.raises(Unavailable):
        export(revealed, PROPOSALS, tmp_path / "opened", reveal=asking(revealed, Protection.BUSINESS))

    assert not list(tmp_path.iterdir())
    assert not log_of_reveals()


class Interrupted(Exception):
    """The test ends a replay."""


def interrupted(city: City, output: Path, reveal: Reveal) -> None:
    def interrupt(_: int, __: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        export(city, PROPOSALS, output, reveal=reveal, progress=interrupt)


class TestGoingOn:
    @pytest.mark.row("B09")
    def test_a_reveal_that_is_gone_on_with_is_recorded_once(
        self, revealed: City, tmp_path: Path, log_of_reveals: LogOfReveals
    ) -> None:
        reveal = asking(revealed, Protection.BUSINESS)
        whole: Exported = export(revealed, PROPOSALS, tmp_path / "whole", reveal=reveal)
        interrupted(revealed, tmp_path / "cut", reveal)

        done = export(revealed, PROPOSALS, tmp_path / "cut", reveal=reveal)

        assert (done, len(log_of_reveals())) == (whole, 2)
        assert (tmp_path / "cut").read_bytes() == (tmp_path / "whole").read_bytes()

    @pytest.mark.row("B09")
    @pytest.mark.parametrize("other", ["person", "purpose", "classes", "none"])
    def test_nobody_goes_on_with_another_s_reveal(
        self, revealed: City, tmp_path: Path, log_of_reveals: LogOfReveals, other: str
    ) -> None:
        begun = asking(revealed, Protection.BUSINESS)
        interrupted(revealed, tmp_path / "cut", begun)
        reveals = {
            "person": asking(revealed, Protection.BUSINESS),
            "purpose": asking(revealed, Protection.BUSINESS, token=begun.token, purpose="別の目的"),
            "classes": asking(revealed, Protection.BUSINESS, Protection.PERSONAL, token=begun.token),
            "none": None,
        }

        with pytest.raises(AnotherReplayBegun):
            export(revealed, PROPOSALS, tmp_path / "cut", reveal=reveals[other])

        assert len(log_of_reveals()) == 1
        assert not (tmp_path / "cut").exists()

    @pytest.mark.row("B09")
    def test_a_note_made_up_by_hand_opens_nothing_unrecorded(
        self, revealed: City, tmp_path: Path, log_of_reveals: LogOfReveals
    ) -> None:
        reveal = asking(revealed, Protection.BUSINESS)
        interrupted(revealed, tmp_path / "cut", reveal)
        note = tmp_path / "cut.partial.json"
        note.write_text(json.dumps({**json.loads(note.read_text()), "command_id": str(uuid4())}))

        export(revealed, PROPOSALS, tmp_path / "cut", reveal=reveal)

        assert len(log_of_reveals()) == 2


def test_what_is_erased_stays_closed_and_is_named(
    cities: Cities, new_city: Callable[..., City], tmp_path: Path
) -> None:
    city = new_city("erased")
    received(cities, city, submission(FULL))
    with intruder(cities, city) as superuser:
        (key,) = superuser.connection.execute("SELECT id FROM data_keys WHERE class_group = 'business'").fetchone()
        superuser.connection.execute("DELETE FROM data_keys WHERE id = %s", (key,))

    classes = (Protection.BUSINESS, Protection.PERSONAL)
    export(city, PROPOSALS, tmp_path / "opened", reveal=asking(city, *classes))

    (line,) = lines(tmp_path / "opened")
    of_business = {path for path, part in sealed(line).items() if part["class"] == "business"}
    assert set(line["closed"]) == of_business
    assert line["opened"]["contact_name"]["value"] == FULL["contact"]["name"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sealed_values SET blob = blob || 'x'",
        "UPDATE data_keys SET wrapped = wrapped || 'x'",
    ],
    ids=["ciphertext", "key"],
)
def test_what_does_not_open_any_more_ends_the_replay(
    cities: Cities, new_city: Callable[..., City], tmp_path: Path, statement: str
) -> None:
    city = new_city("broken")
    received(cities, city, submission(FULL))
    reveal = asking(city, Protection.BUSINESS)
    with intruder(cities, city) as superuser:
        superuser.does(f"{statement} WHERE service = 'intake'")

    with pytest.raises(KeyUnavailable):
        export(city, PROPOSALS, tmp_path / "opened", reveal=reveal)

    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize(
    "forged",
    [
        lambda values: values | {"title": values["title"] | {"value": "別の件名"}},
        lambda values: values | {"title": {"salts": values["title"]["salts"], "other": "別の件名"}},
        lambda values: values | {"title": {"value": "別の件名"}},
        lambda values: values | {"title": "別の件名"},
        lambda _: ["別の件名"],
    ],
    ids=["another value", "no value", "no salts", "no entry", "no values"],
)
def test_a_value_that_is_not_the_one_committed_to_is_not_handed_out(
    cities: Cities, new_city: Callable[..., City], tmp_path: Path, forged: Callable[[dict[str, Any]], object]
) -> None:
    city = new_city("swapped")
    received(cities, city, submission(FULL))
    with intruder(cities, city) as superuser:
        row = superuser.connection.execute(
            "SELECT id, category, stream_id, class_group, subject, master_key, wrapped, event_id, blob"
            " FROM data_keys JOIN sealed_values ON key_id = id WHERE class_group = 'business'"
        ).fetchone()
        *columns, event_id, blob = row
        key = city.master_keys(ClassGroup).unwrap(StoredKey(*columns).wrapped_key())
        values = forged(open_blob(SealedBlob(event_id=event_id, key_id=key.id, blob=blob), key))
        blob = encrypt(key.secret, json.dumps(values).encode(), event_id.bytes + key.id.bytes)
        superuser.connection.execute("UPDATE sealed_values SET blob = %s WHERE key_id = %s", (blob, key.id))

    with pytest.raises(ValueNotWhole):
        export(city, PROPOSALS, tmp_path / "opened", reveal=asking(city, Protection.BUSINESS))

    assert "別の件名" not in (tmp_path / "opened.partial").read_text(encoding="utf-8")


@pytest.mark.row("N5")
def test_the_pack_of_each_decision_stands_in_the_same_replay(revealed: City, tmp_path: Path) -> None:
    export(revealed, Selection(), tmp_path / "all")

    found = [line["record"] for line in lines(tmp_path / "all")]
    packs = {record["data"]["digest"]: record["data"] for record in found if record["type"] == "PackAdopted"}
    decided = {record["type"]: record["policy"] for record in found if record["policy"]}
    assert {"ProposalReceived", "InquiryReceived", "RecordOpened"} <= set(decided)
    for digest in decided.values():
        assert sha256(packs[digest]["content"].encode()).hexdigest() == digest


class TestCommand:
    @pytest.fixture
    def replay(self, revealed: City) -> Callable[..., Result]:
        """`replay("--type", …)` runs the command as a person does."""

        def run(*arguments: str, token: str | None = None) -> Result:
            environment = {"RENKEI_HOME": str(revealed.folder.parent), "RENKEI_TOKEN": token}
            return CliRunner().invoke(main, ["records", "replay", "--city", revealed.name, *arguments], env=environment)

        return run

    def test_it_says_what_was_written_and_where_the_ledger_ended(
        self, replay: Callable[..., Result], tmp_path: Path
    ) -> None:
        done = replay(
            "--output", str(tmp_path / "some"), "--type", "ProposalReceived", "--type", "PackAdopted", "--json"
        )

        told = json.loads(done.stdout)
        content = (tmp_path / "some").read_bytes()
        assert (done.exit_code, told["events"], told["bytes"]) == (0, 2, len(content))
        assert told["sha256"] == sha256(content).hexdigest()
        assert set(told) == {"output", "events", "bytes", "sha256", "origin", "size", "root"}

    def test_it_opens_with_token_and_purpose(
        self, replay: Callable[..., Result], revealed: City, tmp_path: Path
    ) -> None:
        arguments = ("--output", str(tmp_path / "some"), "--type", "InquiryReceived", "--reveal", "personal")
        token = token_of(revealed, "records_officer")

        done = replay(*arguments, "--reveal", "internal", "--purpose", PURPOSE, token=token)

        assert done.exit_code == 0, done.output
        (line,) = lines(tmp_path / "some")
        assert line["opened"]["subject"]["value"] == INQUIRY["subject"]

    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (("--as-of", "2999-01-01"), 1, "day_not_closed"),
            (("--reveal", "business", "--purpose", "目的"), 1, "token_missing"),
            (("--reveal", "business"), 1, "purpose_required"),
            (("--reveal", "safety", "--purpose", "目的"), 2, "safety"),
            (("--purpose", "目的"), 2, "--reveal"),
            (("--type", "Nothing"), 2, "Nothing"),
            (("--stream", "nothing"), 2, "--stream"),
            (("--stream", "letter-7b0c9a52-5e0f-4b53-9a3c-0f6d8f1f2a11"), 2, "--stream"),
            (("--from", "2026-11-23", "--to", "2026-11-22"), 2, "--from"),
            (("--from", "11/22"), 2, "--from"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
    )
    def test_it_refuses_with_a_code_and_writes_nothing(
        self, replay: Callable[..., Result], tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
    ) -> None:
        done = replay("--output", str(tmp_path / "some"), *arguments)

        assert (done.exit_code, said in done.output) == (code, True), done.output
        assert not list(tmp_path.iterdir())

    def test_a_folder_that_is_not_there_is_said(self, replay: Callable[..., Result], tmp_path: Path) -> None:
        done = replay("--output", str(tmp_path / "none" / "some"), "--json")

        assert done.exit_code == 1
        assert json.loads(done.stdout)["error"]["code"] == "output_not_written"
