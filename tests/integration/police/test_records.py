"""Inquiries to the police in the records office: commitments in a replay, and no timeline but for who may ask."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from apps.cli.__main__ import main
from apps.records.revealing import REVEALABLE, ClassNotRevealable, Reveal
from apps.records.timeline import OPEN_TO, PROTECTED
from eventstore.city import City
from eventstore.protection import Protection
from eventstore.records import read
from services.intake.declaration import INTAKE
from services.intake.domain.police_inquiry import POLICE_INQUIRY
from services.matching.declaration import MATCHING
from tests.cities import Cities
from tests.ledgers import connected
from tests.police import SECRETS, UNKNOWING, inquiries
from tests.tokens import token_of


def renkei(cities: Cities, city: City, *arguments: str, token: str | None = None) -> Result:
    """A command of the records office, as a person gives it."""
    command = [*arguments, "--city", city.name, "--json"]
    environment = {"RENKEI_HOME": str(cities.at.home), "RENKEI_TOKEN": token}
    return CliRunner().invoke(main, command, env=environment)


def replayed(cities: Cities, city: City, output: Path, *options: str, token: str | None = None) -> list[dict[str, Any]]:
    """The police's lines of a replay, of which none tells a secret in clear."""
    done = renkei(cities, city, "records", "replay", "--output", str(output), *options, token=token)
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    of_police = [line for line in lines if line["record"]["stream"].startswith(f"{POLICE_INQUIRY.category}-")]
    assert of_police
    assert not [secret for secret in SECRETS if secret in json.dumps(of_police, ensure_ascii=False)]
    return of_police


@pytest.mark.row("S25")
def test_a_proposal_asked_about_has_the_timeline_of_any_other(
    proposals: tuple[str, str], city: City, cities: Cities
) -> None:
    told = [renkei(cities, city, "records", "timeline", one) for one in proposals]
    untouched, asked_about = ([entry["sentence"] for entry in json.loads(one.stdout)] for one in told)
    assert untouched
    assert untouched == asked_about


@pytest.mark.row("S25")
@pytest.mark.parametrize("role", [None, *UNKNOWING])
@pytest.mark.parametrize("form", ["{}", "police_inquiry-{}"])
def test_the_timeline_of_an_inquiry_is_absent_to_who_may_not_ask(
    proposals: tuple[str, str], city: City, cities: Cities, role: str | None, form: str
) -> None:
    (inquiry,) = inquiries(city, cities, proposals[1])
    token = role and token_of(city, role)
    there, nowhere = (
        renkei(cities, city, "records", "timeline", form.format(one), token=token) for one in (inquiry.id, uuid4())
    )
    assert (there.exit_code, there.output) == (nowhere.exit_code, nowhere.output)
    assert there.exit_code == 1


@pytest.mark.row("S25")
def test_the_timeline_of_an_inquiry_is_told_to_who_may_ask(
    proposals: tuple[str, str], chief: str, city: City, cities: Cities
) -> None:
    (inquiry,) = inquiries(city, cities, proposals[1])
    told = renkei(cities, city, "records", "timeline", str(inquiry.id), token=chief)
    sentences = [entry["sentence"] for entry in json.loads(told.stdout)]
    assert sentences == ["警察に照会しました。", "警察からの回答を記録しました。"]


def test_a_bad_token_finds_nothing_whatever_is_asked_for(
    proposals: tuple[str, str], city: City, cities: Cities
) -> None:
    (inquiry,) = inquiries(city, cities, proposals[1])
    answers = {
        renkei(cities, city, "records", "timeline", one, token="x.y.z").output
        for one in (str(inquiry.id), proposals[0], str(uuid4()))
    }
    assert len(answers) == 1


def test_every_category_whose_existence_is_protected_is_open_to_somebody_only() -> None:
    assert set(OPEN_TO) >= PROTECTED
    assert POLICE_INQUIRY.category in PROTECTED


@pytest.mark.row("S25")
def test_a_replay_carries_commitments_of_an_inquiry_alone_whatever_else_it_opens(
    proposals: tuple[str, str], city: City, cities: Cities, tmp_path: Path
) -> None:
    for line in replayed(cities, city, tmp_path / "closed"):
        assert {part["class"] for part in line["record"]["data"].values()} == {Protection.SAFETY}
        assert proposals[1] not in json.dumps(line)
    opening = [option for one in REVEALABLE for option in ("--reveal", str(one))]
    officer = token_of(city, "records_officer")
    for line in replayed(cities, city, tmp_path / "opened", *opening, "--purpose", "検査", token=officer):
        assert set(line["opened"]) <= {"command_digest"}, "keyed, by which a repeated command is known"


@pytest.mark.row("S25")
@pytest.mark.parametrize("role", ["records_officer", "desk_chief"])
def test_no_replay_opens_the_highest_class_whoever_asks(
    proposals: tuple[str, str], city: City, cities: Cities, tmp_path: Path, role: str
) -> None:
    """It opens where the inquiry is dealt with, and there each opening is on record first."""
    token, output = token_of(city, role), tmp_path / "opened"
    with pytest.raises(ClassNotRevealable):
        Reveal(classes=frozenset({Protection.SAFETY}), purpose="検査", token=token)
    refused = renkei(
        cities, city, "records", "replay", "--output", str(output), "--reveal", "safety", "--purpose", "検査",
        token=token,
    )  # fmt: skip
    assert refused.exit_code == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.row("S25")
def test_records_hold_commitments_alone_and_no_way_from_the_proposal(
    proposals: tuple[str, str], city: City, cities: Cities
) -> None:
    """A replay writes these records as they are: what it tells of them is that there are some, and nothing else."""
    (inquiry,) = inquiries(city, cities, proposals[1])
    with connected(city.databases["records"]) as connection:
        records = connection.execute(
            "SELECT record FROM events WHERE category = %s ORDER BY version", (POLICE_INQUIRY.category,)
        ).fetchall()
    assert len(records) == 2
    for (record,) in records:
        text = record.decode()
        assert not [secret for secret in (*SECRETS, proposals[1], '"clear"') if secret in text]
        envelope = read(record)
        assert {part["class"] for part in envelope["data"].values()} == {"safety"}
        assert envelope["stream"] == str(inquiry)

    with connected(cities.administrator_url(city)) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'intake\\_%'"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f"SELECT t::text FROM {table} t".encode()).fetchall()
            assert not [row for (row,) in rows if str(inquiry.id) in row or any(secret in row for secret in SECRETS)]


def test_no_other_service_reads_an_inquiry(proposals: tuple[str, str], city: City, cities: Cities) -> None:
    (inquiry,) = inquiries(city, cities, proposals[1])
    office = cities.office(INTAKE, city)
    fields = office.store.load_fields(inquiry)
    assert all(value.is_open for recorded in fields for value in recorded.event.values())
    with pytest.raises(KeyError):
        cities.office(MATCHING, city).store.load_fields(inquiry)
