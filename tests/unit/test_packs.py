"""Loading a policy pack: what has exactly its form is taken, anything else refused with file, key and reason."""

import json
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.packs import Pack, PackInvalid, load_pack
from desk.packs.closed_days import LAW, Weekday
from desk.packs.codes import CaseStatus, PledgeCode
from desk.packs.contradictions import OF_ANY_CASE

MUNICIPALITIES = Path(__file__).parents[2] / "municipalities"
PACK_FILES = (
    MUNICIPALITIES / "aomori.toml",
    MUNICIPALITIES / "tokorozawa.toml",
    Path(__file__).with_name("third_city.toml"),
)
DOCUMENTS = tuple(tomllib.loads(file.read_text(encoding="utf-8")) for file in PACK_FILES)
THIRD_CITY = DOCUMENTS[2]

Place = tuple[str, ...]
"""The keys that lead to a value of a document."""


def toml(value: object) -> str:
    """A value as TOML, tables inline."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(toml(item) for item in value) + "]"
        case date():
            return value.isoformat()
        case _:
            return json.dumps(value, ensure_ascii=False)


def written(document: dict[str, Any]) -> bytes:
    return "\n".join(f"{key} = {toml(value)}" for key, value in document.items()).encode()


def load(document: dict[str, Any]) -> Pack:
    return load_pack(written(document), origin="test.toml")


def changed(document: dict[str, Any], place: Place, value: object) -> dict[str, Any]:
    """The document with this value at this place; ... takes the key away."""
    result = deepcopy(document)
    table = result
    for key in place[:-1]:
        table = table[key]
    if value is ...:
        del table[place[-1]]
    else:
        table[place[-1]] = value
    return result


def problems(document: dict[str, Any]) -> dict[str, str]:
    """Reason by key, of a pack that must be refused."""
    with pytest.raises(PackInvalid) as refused:
        load(document)
    assert refused.value.stable_code == "pack_invalid"
    assert {problem.origin for problem in refused.value.problems} == {"test.toml"}
    assert all(str(problem) in refused.value.message for problem in refused.value.problems)
    return {problem.key: problem.reason for problem in refused.value.problems}


def tables(document: dict[str, Any], place: Place = ()) -> Iterator[Place]:
    """The places of a document's tables, the document itself first."""
    yield place
    for key, value in document.items():
        if isinstance(value, dict):
            yield from tables(value, (*place, key))


def leaves(document: dict[str, Any], place: Place = ()) -> Iterator[Place]:
    """The places of everything that is not a table."""
    for key, value in document.items():
        if isinstance(value, dict):
            yield from leaves(value, (*place, key))
        else:
            yield (*place, key)


def places(walk: Any) -> st.SearchStrategy[tuple[dict[str, Any], Place]]:
    return st.sampled_from([(document, place) for document in DOCUMENTS for place in walk(document)])


@pytest.mark.parametrize("file", PACK_FILES, ids=lambda file: file.stem)
def test_a_pack_carries_the_digest_of_its_bytes(file: Path) -> None:
    content = file.read_bytes()
    assert load_pack(content, origin=file.name).digest == sha256(content).hexdigest()


@pytest.mark.parametrize("document", DOCUMENTS, ids=[file.stem for file in PACK_FILES])
def test_the_same_rules_written_otherwise_are_the_same_but_for_the_digest(document: dict[str, Any]) -> None:
    file = PACK_FILES[DOCUMENTS.index(document)]
    original = load_pack(file.read_bytes(), origin=file.name)
    rewritten = load(document)
    assert rewritten.digest != original.digest
    assert replace(rewritten, digest=original.digest) == original


@given(places(leaves))
def test_a_value_of_another_type_is_refused_where_it_stands(at: tuple[dict[str, Any], Place]) -> None:
    document, place = at
    value: Any = document
    for key in place:
        value = value[key]
    another: object = 7 if isinstance(value, str) else str(value)
    assert ".".join(place) in problems(changed(document, place, another))


@given(places(tables))
def test_an_unknown_key_is_refused_in_every_table(at: tuple[dict[str, Any], Place]) -> None:
    document, place = at
    assert list(problems(changed(document, (*place, "unexpected"), "x"))) == [".".join((*place, "unexpected"))]


@given(places(leaves).filter(lambda at: at[1][-1] in {"source", "status"}), st.sampled_from([..., "", "  ", "sure"]))
def test_no_value_stands_without_source_and_status(at: tuple[dict[str, Any], Place], value: object) -> None:
    document, place = at
    if (place[-1], value) == ("source", "sure"):
        return
    assert list(problems(changed(document, place, value))) == [".".join(place)]


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("desk.phone", ..., "必要な項目がありません"),
        ("desk", ..., "必要な項目がありません"),
        ("purposes.regional_issue", ..., "必要な項目がありません"),
        ("deadlines.opinion_due", ..., "必要な項目がありません"),
        ("desk.fax", "098-000-0001", "この項目は使えません"),
        ("desk", "窓口", "表（"),
        ("departments", ["政策課"], "表（"),
        ("proposers", "会社", "表（"),
        ("portals.city_run", "city-portal", "一覧（"),
        ("desk.name", " ", "空にはできません"),
        ("edition.format", 2, "1 と書いてください"),
        ("edition.format", True, "1 と書いてください"),
        ("edition.guideline_month", "2026-09.2", "年と月"),
        ("edition.version", "2026-10x", "年と月"),
        ("edition.version", "令和8年版", "年と月"),
        ("edition.version", "2026-13", "年と月"),
        ("edition.effective_from", "2026-10-01", "日付（"),
        ("edition.effective_from", datetime(2026, 10, 1, 9), "日付（"),  # noqa: DTZ001 (TOML's local date-time)
        ("municipality.code.value", "479994", "全国地方公共団体コード"),
        ("municipality.code.value", "47999", "全国地方公共団体コード"),
        ("municipality.time_zone.value", "Asia/Kanata", "時間帯"),
        ("municipality.time_zone.value", "Asia", "時間帯"),
        ("municipality.time_zone.value", "../etc/passwd", "時間帯"),
        ("desk.status", "certain", "使えるのは seed、secondary、assumed"),
        ("proposers.company", THIRD_CITY["proposers"]["corporation"], "使えるのは corporation"),
        ("hearing.policy", "sometimes", "使えるのは always、by_law"),
        ("phases.talks.states", "taken", "一覧（"),
        ("deadlines.first_contact.value", 0, "1以上"),
        ("deadlines.first_contact.value", True, "整数"),
        ("deadlines.first_contact.value", 3.0, "整数"),
        ("closed_days.weekdays", "sunday", "一覧（"),
        ("closed_days.public_holidays", "yes", "true か false"),
        ("closed_days.year_end.first", "12-32", "月と日"),
        ("closed_days.year_end.first", "2026-12-29", "月と日"),
        ("deadlines.first_contact.unit", "weeks", "使えるのは open_days"),
        ("channels.phone.accepted", 0, "true か false"),
        ("proposers.organisation.refusal.code", "Not Accepted", "英小文字"),
        ("departments.港湾", {"name": "x", "duties": "x", "source": "x", "status": "seed"}, "英小文字"),
    ],
)
def test_each_wrong_value_is_refused_with_its_key_and_reason(place: str, value: object, reason: str) -> None:
    found = problems(changed(THIRD_CITY, tuple(place.split(".")), value))
    assert list(found) == [place]
    assert reason in found[place]


@pytest.mark.parametrize(
    ("place", "value", "key", "reason"),
    [
        ("roles.reader.permissions", ["proposal.raed"], "roles.reader.permissions[0]", "「proposal.raed」は使えません"),
        ("roles.reader.permissions", ["proposal.read", "proposal.read"], "roles.reader.permissions[1]", "重複"),
        ("portals.city_run", ["a", "b", "a"], "portals.city_run[2]", "重複"),
        ("closed_days.weekdays", ["sunday", "sonday"], "closed_days.weekdays[1]", "「sonday」は使えません"),
        ("closed_days.weekdays", ["sunday", "sunday"], "closed_days.weekdays[1]", "重複"),
        ("closed_days.weekdays", list(Weekday), "closed_days", "すべての曜日"),
        ("closed_days.year_end.first", "01-02", "closed_days.year_end", "12月の日"),
        ("closed_days.year_end.last", "12-31", "closed_days.year_end", "1月の日"),
        ("deadlines.first_contact.value", 3_651, "deadlines.first_contact", "3650 まで"),
        ("departments.harbour.name", "政策課", "departments.harbour", "name「政策課」は policy と重複"),
        ("roles.reader.name", "受付係", "roles.reader", "重複"),
        ("departments.harbour.formerly", ["policy"], "departments.harbour.formerly[0]", "いまの部署"),
        ("departments.harbour.formerly", ["harbour"], "departments.harbour.formerly[0]", "いまの部署"),
        ("departments.harbour.formerly", ["sea", "sea"], "departments.harbour.formerly[1]", "重複"),
        ("phases.talks.states", ["taken", "offered"], "phases.talks.states[1]", "search と重複"),
        ("phases.talks.states", ["taken", "taken"], "phases.talks.states[1]", "重複"),
        ("phases.talks.name", "お相手さがし", "phases.talks", "重複"),
        ("edition.effective_from", date(2026, 8, 31), "edition", "策定より前"),
        ("proposers.organisation.accepted", True, "proposers.organisation", "refusal"),
        ("proposers.organisation.refusal", ..., "proposers.organisation", "refusal"),
        ("pledges.terms.text", ..., "pledges.terms", "text"),
    ],
)
def test_what_contradicts_or_repeats_is_refused_where_it_does(place: str, value: object, key: str, reason: str) -> None:
    found = problems(changed(THIRD_CITY, tuple(place.split(".")), value))
    assert list(found) == [key]
    assert reason in found[key]


def test_a_relief_of_more_than_the_whole_is_refused() -> None:
    found = problems(changed(DOCUMENTS[0], ("methods", "hometown_tax", "relief_at_most"), 101))
    assert found == {"methods.hometown_tax.relief_at_most": "1以上100以下の整数で書いてください。"}


def test_all_problems_are_told_at_once() -> None:
    document = changed(THIRD_CITY, ("desk", "source"), ...)
    document = changed(document, ("municipality", "code", "value"), "111111")
    document = changed(document, ("purposes", "regional_issue"), ...)
    document = changed(document, ("purposes", "citizen_service", "value"), 3)
    document = changed(document, ("roles", "reader", "permissions"), ["a.b", "proposal.read", "c.d"])
    document = changed(document, ("extra",), {})
    assert set(problems(document)) == {
        "desk.source",
        "municipality.code.value",
        "purposes.regional_issue",
        "purposes.citizen_service.value",
        "roles.reader.permissions[0]",
        "roles.reader.permissions[2]",
        "extra",
    }


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"desk = 1\ndesk = 2\n", "2行9文字目"),
        (b"[desk]\n[desk]\n", "2行6文字目"),
        (b"desk =", "末尾"),
        (b"# \x90\xc2", "2バイト目"),
        (b"desk = " + b"[" * 20_000, "全体"),
    ],
)
def test_what_is_not_toml_in_utf8_is_refused_with_its_place(content: bytes, key: str) -> None:
    with pytest.raises(PackInvalid) as refused:
        load_pack(content, origin="broken.toml")
    assert [(problem.origin, problem.key) for problem in refused.value.problems] == [("broken.toml", key)]


def test_the_digest_is_never_taken_from_the_file() -> None:
    assert "digest" in problems(THIRD_CITY | {"digest": "0" * 64})


def test_a_role_that_the_pack_does_not_know_may_do_nothing() -> None:
    pack = load(THIRD_CITY)
    assert pack.permissions_of(["reception", "mayor"]) == pack.permissions_of(["reception"])
    assert pack.permissions_of(["mayor"]) == frozenset()


def test_roles_add_up() -> None:
    assert load(THIRD_CITY).permissions_of(["reception", "reader"]) == {
        "proposal.receive",
        "inquiry.receive",
        "proposal.read",
    }


def test_only_pledges_marked_so_are_required() -> None:
    assert load(THIRD_CITY).required_pledges == {PledgeCode.TERMS}


def test_a_pack_that_says_nothing_of_closed_days_has_those_of_the_law() -> None:
    assert load(changed(THIRD_CITY, ("closed_days",), ...)).closed_days == LAW


def test_a_deadline_may_be_as_long_as_the_limit() -> None:
    assert load(changed(THIRD_CITY, ("deadlines", "demonstration_report", "value"), 3_650))


@pytest.mark.row("S37")
def test_what_two_departments_were_before_is_on_record_under_one_of_today() -> None:
    document = changed(THIRD_CITY, ("departments", "harbour", "formerly"), ["sea", "ships"])
    pack = load(document)
    assert {pack.department_now(one) for one in ("sea", "ships", "harbour")} == {"harbour"}
    assert pack.department_codes("sea") == pack.department_codes("harbour") == {"harbour", "sea", "ships"}
    assert (pack.department_now("moon"), pack.department_codes("moon")) == (None, {"moon"})


def test_a_former_department_has_one_successor() -> None:
    document = changed(THIRD_CITY, ("departments", "policy", "formerly"), ["sea"])
    found = problems(changed(document, ("departments", "harbour", "formerly"), ["ships", "sea"]))
    assert list(found) == ["departments.harbour.formerly[1]"]
    assert "policy と重複" in found["departments.harbour.formerly[1]"]


@pytest.mark.row("S39")
def test_a_pack_says_in_which_phase_a_case_stands() -> None:
    pack = load(THIRD_CITY)
    phase = pack.phase_of(CaseStatus.TAKEN)
    assert phase is not None
    assert phase.name == "話し合い"
    assert pack.phase_of(CaseStatus.KEPT) is None


def test_a_pack_may_say_nothing_of_phases_and_silence() -> None:
    pack = load(changed(THIRD_CITY, ("phases",), ...))
    assert (pack.phase_of(CaseStatus.TAKEN), pack.accompaniment) == (None, None)


@pytest.mark.row("S25")
def test_who_accepts_has_to_know_what_the_police_said_where_they_are_asked() -> None:
    place = ("roles", "desk_chief", "permissions")
    asking, never_asking = DOCUMENTS[1], DOCUMENTS[0]
    unknowing = [one for one in asking["roles"]["desk_chief"]["permissions"] if one != "police.inquire"]
    assert "照会の結果" in problems(changed(asking, place, unknowing))[".".join(place)]
    load(changed(never_asking, place, unknowing))


@pytest.mark.row("N3")
@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("permission", sorted(OF_ANY_CASE))
def test_whoever_has_to_do_with_every_case_has_to_see_them_all(document: dict[str, Any], permission: str) -> None:
    place = ("roles", "clerk")
    clerk = {"name": "庶務係", "source": "仮", "status": "assumed"}
    found = problems(changed(document, place, {**clerk, "permissions": ["case.work", permission]}))
    assert list(found) == ["roles.clerk.permissions"]
    assert found["roles.clerk.permissions"].startswith(f"{permission}の権限")
    load(changed(document, place, {**clerk, "permissions": ["case.read", permission]}))
