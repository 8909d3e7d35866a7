"""The samples' way through the running services, and the command line by which the records office reads them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from apps.provisioning.city import Installation
from eventstore.city import City
from tests.cities import AOMORI, ROOT, TOKOROZAWA, Cities
from tests.portals import Answered, PlainPortal, StaffTool, opened_portal, until
from tests.serving import serving
from tests.tokens import token_of

EXPECTED: Final[dict[str, dict[str, Any]]] = json.loads((ROOT / "examples" / "expected.json").read_bytes())
SAMPLES: Final = {
    path.stem: json.loads(path.read_bytes())
    for path in sorted((ROOT / "examples").glob("*.json"))
    if path.name != "expected.json"
}
CALL: Final[dict[str, Any]] = json.loads((ROOT / "examples" / "desk" / "call.json").read_bytes())
HOUR: Final = timedelta(hours=1)
WHEN: Final = r"令和\d+年\d+月\d+日（[日月火水木金土]） \d\d:\d\d"
UNREACHABLE: Final = "127.0.0.1:9"
NOBODYS: Final = "7b0c9a52-5e0f-4b53-9a3c-0f6d8f1f2a11"
"""An id that nothing has."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it said, as JSON."""
        return json.loads(self.out)


@pytest.fixture(scope="module")
def by_municipality(cities: Cities) -> dict[str, City]:
    """A city for each pack, by municipality code."""
    made = [cities.new("aomori", AOMORI), cities.new("tokorozawa", TOKOROZAWA)]
    return {city.municipality: city for city in made}


@pytest.fixture(scope="module")
def answers(
    by_municipality: dict[str, City], installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Answered]]:
    """Every sample, handed in by its city's portal to one process that serves both cities; by name of the sample."""
    with ExitStack() as stack:
        stack.enter_context(serving("intake", *by_municipality.values(), folder=tmp_path_factory.mktemp("logs")))
        portals = {
            code: stack.enter_context(opened_portal(installation, city, f"{city.name.partition('_')[0]}-portal"))
            for code, city in by_municipality.items()
        }
        open_call(by_municipality["022012"])
        told = {}
        for name, sample in SAMPLES.items():
            portal = portals[sample["data"]["municipality"]]
            told[name] = asked(portal, {**sample, "source": f"/portals/{portal.name}"})
        yield told


def open_call(city: City) -> None:
    """The call that a sample is for; it is open in a moment."""
    now, token = datetime.now(UTC), token_of(city, "desk_chief")
    schedule = {"opens_at": (now + timedelta(seconds=2)).isoformat(), "closes_at": (now + HOUR).isoformat()}
    approval = {"approver": "室長", "approval_reference": "起案第1号"}
    with StaffTool(city.brokers["staff"]) as tool:
        call_id = tool.result("intake.draft_call", token, **CALL)["call_id"]
        command_id = str(uuid4())
        tool.result("intake.schedule_call", token, command_id=command_id, call_id=call_id, **schedule, **approval)


def asked(portal: PlainPortal, message: dict[str, Any]) -> Answered:
    """The answer to a submission; one for a call is handed in again until the call is open."""
    if not message["data"].get("call_id"):
        return portal.ask(message)
    return until(lambda: answer if (answer := portal.ask(message)).type == "ProposalReceived" else None)


@pytest.fixture(scope="module")
def renkei(installation: Installation) -> Callable[..., Told]:
    """`renkei("records", "timeline", …)` runs the command as a person does; keywords are its environment."""

    def run(*arguments: str, without: str = "", **environment: str) -> Told:
        settings = {
            "PATH": os.environ["PATH"],
            "RENKEI_HOME": str(installation.home),
            "DATABASE_URL": installation.database_url,
            "AMQP_URI": installation.amqp_uri,
            "RABBITMQ_MANAGEMENT_URL": installation.management_url,
            **environment,
        }
        settings.pop(without, None)
        done = subprocess.run(
            [sys.executable, "-m", "apps.cli", *arguments], cwd=ROOT, env=settings, capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Told(done.returncode, done.stdout, done.stderr)

    return run


def city_of(by_municipality: dict[str, City], sample: str) -> City:
    return by_municipality[SAMPLES[sample]["data"]["municipality"]]


def test_every_sample_is_expected_and_every_expectation_has_its_sample() -> None:
    assert set(SAMPLES) == set(EXPECTED)


@pytest.mark.row("N11")
@pytest.mark.row("S15")
@pytest.mark.row("S18")
@pytest.mark.row("B01")
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_is_answered_as_expected(answers: dict[str, Answered], sample: str) -> None:
    answer = answers[sample]

    assert answer.type == EXPECTED[sample]["type"]
    assert answer.errors == [tuple(error) for error in EXPECTED[sample]["errors"]]


SENTENCES: Final = {
    "01-aomori-company": "企業からの自由提案を、ポータルサイトで受け付けました。",
    "03-aomori-sole-proprietor": "個人事業主からの自由提案を、ポータルサイトで受け付けました。",
    "07-aomori-inquiry": "相談を、ポータルサイトで受け付けました。",
    "09-tokorozawa-university": "大学からの自由提案を、ポータルサイトで受け付けました。",
    "10-tokorozawa-npo": "団体からの自由提案を、ポータルサイトで受け付けました。",
}


class TestTimeline:
    @pytest.mark.parametrize(("sample", "sentence"), SENTENCES.items())
    def test_a_timeline_tells_one_sentence_an_event_with_who_and_when_in_the_japanese_calendar(
        self,
        answers: dict[str, Answered],
        by_municipality: dict[str, City],
        renkei: Callable[..., Told],
        sample: str,
        sentence: str,
    ) -> None:
        data = answers[sample].data
        matter = data.get("proposal_id") or data["inquiry_id"]

        told = renkei("records", "timeline", matter, "--city", city_of(by_municipality, sample).name)

        assert told.code == 0
        assert re.fullmatch(rf" *1  {WHEN}  ポータル  {re.escape(sentence)}\n", told.out)

    def test_a_timeline_is_given_as_json(
        self, answers: dict[str, Answered], by_municipality: dict[str, City], renkei: Callable[..., Told]
    ) -> None:
        matter = answers["01-aomori-company"].data["proposal_id"]

        told = renkei("records", "timeline", f"proposal-{matter}", "--city", by_municipality["022012"].name, "--json")

        (entry,) = told.json
        assert (told.code, entry["version"], entry["type"]) == (0, 1, "ProposalReceived")
        assert entry["sentence"] == SENTENCES["01-aomori-company"]
        assert entry["event_id"]
        assert entry["at"].endswith("+09:00")

    def test_a_timeline_opens_nothing_sealed(
        self, answers: dict[str, Answered], by_municipality: dict[str, City], renkei: Callable[..., Told]
    ) -> None:
        sample = SAMPLES["01-aomori-company"]["data"]
        matter = answers["01-aomori-company"].data["proposal_id"]

        told = renkei("records", "timeline", matter, "--city", by_municipality["022012"].name, "--json")

        assert sample["title"] not in told.out
        assert sample["proposer"]["name"] not in told.out


class TestExitCodes:
    @pytest.mark.parametrize("matter", [NOBODYS, f"proposal-{NOBODYS}", "nothing", "proposal-", "city"])
    @pytest.mark.row("N3")
    def test_a_matter_that_is_not_there_is_1_in_the_same_words(
        self, by_municipality: dict[str, City], renkei: Callable[..., Told], matter: str
    ) -> None:
        told = renkei("records", "timeline", matter, "--city", by_municipality["022012"].name)

        assert (told.code, told.out, told.err) == (1, "", "見つかりません。 (not_found)\n")

    def test_another_city_s_matter_is_not_found(
        self, answers: dict[str, Answered], by_municipality: dict[str, City], renkei: Callable[..., Told]
    ) -> None:
        matter = answers["01-aomori-company"].data["proposal_id"]
        assert renkei("records", "timeline", matter, "--city", by_municipality["112089"].name).code == 1

    @pytest.mark.parametrize(
        "arguments",
        [
            ("records", "timeline", NOBODYS),
            ("messages", "parked"),
            ("token", NOBODYS),
            ("staff", "register", "花子", "--department", "partnership", "--role", "desk_officer"),
            ("portal", "admit", "some-portal"),
        ],
        ids=lambda arguments: "-".join(arguments[:2]),
    )
    def test_a_city_that_is_not_set_up_is_1_and_told_as_json_where_asked(
        self, renkei: Callable[..., Told], arguments: tuple[str, ...]
    ) -> None:
        told = renkei(*arguments, "--city", "nowhere", "--json")

        assert told.code == 1
        assert told.json["error"]["code"] == "city_not_found"

    @pytest.mark.parametrize(
        "arguments",
        [
            (),
            ("no-such-command",),
            ("records", "timeline"),
            ("messages", "parked"),
            ("token", "no-uuid", "--city", "aomori"),
            ("portal", "admit", "--city", "aomori"),
            ("staff", "register", "花子", "--city", "aomori"),
            ("city", "create", "aomori"),
            ("serve", "no-such-part"),
            ("migrate", "--no-such-option"),
        ],
        ids=lambda arguments: "-".join(arguments[:2]) or "nothing",
    )
    def test_wrong_usage_is_2(self, renkei: Callable[..., Told], arguments: tuple[str, ...]) -> None:
        assert renkei(*arguments).code == 2

    @pytest.mark.parametrize("setting", ["DATABASE_URL", "AMQP_URI"])
    def test_a_missing_setting_is_2_and_named(self, renkei: Callable[..., Told], setting: str) -> None:
        told = renkei("city", "create", "unset", "--approver", "市長", "--reference", "1", without=setting)

        assert told.code == 2
        assert setting in told.err

    @pytest.mark.parametrize(
        "arguments", [("records", "timeline", NOBODYS), ("messages", "parked"), ("token", NOBODYS)],
        ids=lambda arguments: arguments[0],
    )  # fmt: skip
    def test_a_database_out_of_reach_is_3(
        self, by_municipality: dict[str, City], renkei: Callable[..., Told], tmp_path: Path, arguments: tuple[str, ...]
    ) -> None:
        unreachable(by_municipality["022012"], tmp_path)

        told = renkei(*arguments, "--city", "gone", "--json", RENKEI_HOME=str(tmp_path))

        assert told.code == 3
        assert told.json["error"]["code"] == "database_unavailable"

    def test_a_broker_out_of_reach_is_3(self, by_municipality: dict[str, City], renkei: Callable[..., Told]) -> None:
        told = renkei(
            "portal", "admit", "late-portal", "--city", by_municipality["022012"].name,
            RABBITMQ_MANAGEMENT_URL=f"http://guest:guest@{UNREACHABLE}",
        )  # fmt: skip
        assert told.code == 3

    def test_an_administrator_s_database_out_of_reach_is_3(self, renkei: Callable[..., Told], tmp_path: Path) -> None:
        told = renkei(
            "city", "create", "late", "--pack", str(AOMORI), "--approver", "市長", "--reference", "1",
            RENKEI_HOME=str(tmp_path), DATABASE_URL=f"postgresql://x:y@{UNREACHABLE}/postgres",
        )  # fmt: skip
        assert told.code == 3

    def test_a_missing_master_key_is_3_and_nothing_is_opened(
        self, by_municipality: dict[str, City], renkei: Callable[..., Told], tmp_path: Path
    ) -> None:
        unreachable(by_municipality["022012"], tmp_path)
        (tmp_path / "gone" / "keys" / "master-personal.json").unlink()

        told = renkei("messages", "parked", "--city", "gone", "--json", RENKEI_HOME=str(tmp_path))

        assert (told.code, told.json["error"]["code"]) == (3, "key_unavailable")


def unreachable(city: City, home: Path) -> None:
    """A copy of the city's folder, named `gone`, whose database is not there."""
    (home / "gone" / "keys").mkdir(parents=True)
    for key in (city.folder / "keys").iterdir():
        (home / "gone" / "keys" / key.name).write_bytes(key.read_bytes())
    kept = (city.folder / "city.json").read_text(encoding="utf-8")
    (home / "gone" / "city.json").write_text(re.sub(r"@127\.0\.0\.1:\d+/", f"@{UNREACHABLE}/", kept), encoding="utf-8")


class TestCommands:
    def test_the_first_person_is_registered_and_given_a_token(
        self, by_municipality: dict[str, City], renkei: Callable[..., Told]
    ) -> None:
        city = by_municipality["022012"].name
        who = ("staff", "register", "青森 花子", "--department", "partnership", "--role", "desk_officer")

        registered = renkei(*who, "--city", city, "--json")
        issued = renkei("token", registered.json["staff_id"], "--city", city, "--json")
        plain = renkei("token", registered.json["staff_id"], "--city", city)

        assert (registered.code, issued.code, plain.code) == (0, 0, 0)
        assert issued.json["token"].count(".") == plain.out.count(".") == 2

    def test_a_person_of_no_department_or_role_is_refused(
        self, by_municipality: dict[str, City], renkei: Callable[..., Told]
    ) -> None:
        who = ("staff", "register", "花子", "--department", "nowhere", "--role", "king")
        told = renkei(*who, "--city", by_municipality["022012"].name, "--json")
        assert (told.code, told.json["error"]["code"]) == (1, "invalid_message")

    def test_nobody_who_is_not_registered_is_given_a_token(
        self, by_municipality: dict[str, City], renkei: Callable[..., Told]
    ) -> None:
        told = renkei("token", str(uuid4()), "--city", by_municipality["022012"].name, "--json")
        assert (told.code, told.json["error"]["code"]) == (1, "staff_unknown")

    def test_a_portal_is_admitted_and_its_password_shown_once(
        self, by_municipality: dict[str, City], renkei: Callable[..., Told]
    ) -> None:
        city = by_municipality["022012"].name
        name = f"journey-{uuid4().hex[:8]}"

        first, again = (renkei("portal", "admit", name, "--city", city, "--json") for _ in range(2))

        assert (first.code, again.code) == (0, 0)
        assert first.json["password"]
        assert again.json["password"] is None

    def test_a_portal_s_wrong_name_is_refused(
        self, by_municipality: dict[str, City], renkei: Callable[..., Told]
    ) -> None:
        told = renkei("portal", "admit", "Portal.*", "--city", by_municipality["022012"].name, "--json")
        assert (told.code, told.json["error"]["code"]) == (1, "name_not_allowed")

    def test_nothing_is_parked_after_the_samples(
        self, answers: dict[str, Answered], by_municipality: dict[str, City], renkei: Callable[..., Told]
    ) -> None:
        assert len(answers) == len(SAMPLES)
        for city in by_municipality.values():
            assert renkei("messages", "parked", "--city", city.name, "--json").json == []
            assert renkei("messages", "parked", "--city", city.name).out == "nothing is parked\n"

    def test_migrating_again_changes_nothing(
        self, by_municipality: dict[str, City], renkei: Callable[..., Told]
    ) -> None:
        city = by_municipality["022012"].name
        told = renkei("migrate", "--city", city, "--json")
        assert (told.code, told.json) == (0, {city: []})

    def test_creating_a_city_again_mends_it(
        self, by_municipality: dict[str, City], renkei: Callable[..., Told]
    ) -> None:
        city = by_municipality["022012"]
        told = renkei(
            "city", "create", city.name, "--pack", str(AOMORI), "--approver", "市長", "--reference", "1", "--json"
        )
        assert (told.code, told.json["municipality"]) == (0, "022012")

    def test_a_wrong_pack_is_refused_with_its_reasons(self, renkei: Callable[..., Told], tmp_path: Path) -> None:
        pack = tmp_path / "wrong.toml"
        pack.write_text("[edition]\nformat = 1\n", encoding="utf-8")

        told = renkei(
            "city", "create", "wrong", "--pack", str(pack), "--approver", "市長", "--reference", "1", "--json"
        )

        assert (told.code, told.json["error"]["code"]) == (1, "pack_invalid")
