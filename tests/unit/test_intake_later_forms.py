"""What companies send later, read: every sample, what a form refuses, and that nothing shows a proof or a text."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from desk.forms import load
from desk.packs import load_pack
from desk.packs.codes import Channel
from desk.portal.proofs import ProofForm
from services.intake.forms import Counter
from services.intake.reactions.portal import FORMS
from tests.portals import changed

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = {
    sample["type"]: sample["data"]
    for sample in (json.loads(path.read_bytes()) for path in sorted((ROOT / "examples" / "later").glob("*.json")))
    if sample["type"] in FORMS
}
AT: Final = Counter(
    municipality="022012",
    channel=Channel.PORTAL,
    pack=load_pack((ROOT / "municipalities/aomori.toml").read_bytes(), origin="aomori"),
    counted=datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
    schedule_of=lambda _: None,
)
each_kind = pytest.mark.parametrize("kind", SAMPLES)


def codes(kind: str, data: Any) -> list[tuple[str, str]]:
    """Field and code of everything that is wrong."""
    return [(error.field, error.code) for error in FORMS[kind](data, AT)[1]]


def test_there_is_a_sample_of_everything_that_is_sent_later() -> None:
    assert set(SAMPLES) == set(FORMS) - {"ProposalSubmitted", "InquirySubmitted"}


@each_kind
def test_a_sample_is_read_without_errors(kind: str) -> None:
    assert codes(kind, SAMPLES[kind]) == []


@each_kind
def test_what_was_read_shows_neither_proof_nor_text(kind: str) -> None:
    content, _ = FORMS[kind](SAMPLES[kind], AT)

    shown = repr(content)
    for text in _texts(SAMPLES[kind]):
        assert text not in shown


def _texts(value: Any) -> list[str]:
    """Every text that says something of its own."""
    if isinstance(value, dict):
        return [text for nested in value.values() for text in _texts(nested)]
    if isinstance(value, list):
        return [text for nested in value for text in _texts(nested)]
    return [value] if isinstance(value, str) and (not value.isascii() or value.startswith("0000-")) else []


@each_kind
def test_a_message_for_another_city_is_refused(kind: str) -> None:
    assert ("municipality", "other_municipality") in codes(kind, changed(SAMPLES[kind], "municipality", "112089"))


@each_kind
def test_strangers_are_refused(kind: str) -> None:
    assert codes(kind, {**SAMPLES[kind], "gift": 1}) == [("gift", "unknown_field")]


def test_a_correction_is_judged_by_the_city_s_rules_but_not_by_its_call() -> None:
    """No call is known here; a proposal that names one would be refused."""
    for_a_call = {**SAMPLES["CorrectionSubmitted"]["proposal"], "kind": "call", "call_id": "6f" * 16}
    individual = changed(for_a_call, "proposer", {"kind": "individual", "name": "成田 一郎"})

    assert ("call_id", "call_unknown") in codes("ProposalSubmitted", for_a_call)
    assert codes("CorrectionSubmitted", {**SAMPLES["CorrectionSubmitted"], "proposal": for_a_call}) == []
    assert codes("CorrectionSubmitted", {**SAMPLES["CorrectionSubmitted"], "proposal": individual}) == [
        ("proposal.proposer.kind", "individual_not_accepted")
    ]


def test_a_correction_pledges_anew_under_the_terms_in_force() -> None:
    sent = SAMPLES["CorrectionSubmitted"]

    wrong = codes("CorrectionSubmitted", changed(changed(sent, "proposal.pledges", []), "proposal.terms_version", ...))

    assert set(wrong) == {("proposal.pledges", "pledge_missing"), ("proposal.terms_version", "required")}


@pytest.mark.row("N10")
def test_consent_by_number_and_code_names_the_use_of_an_idea_and_by_a_letter_need_not() -> None:
    by_letter = SAMPLES["ConsentGiven"]
    by_receipt = {**by_letter, "proof": {"receipt_number": "1", "access_code": "2"}}
    use = {"call_id": "6f" * 16, "use_id": "7a" * 16}

    assert codes("ConsentGiven", by_receipt) == [("call_id", "required"), ("use_id", "required")]
    assert codes("ConsentGiven", {**by_receipt, "use_id": "x"}) == [("use_id", "uuid"), ("call_id", "required")]
    assert codes("ConsentGiven", {**by_receipt, **use}) == []
    assert codes("ConsentGiven", {**by_letter, **use}) == []


@pytest.mark.parametrize(
    ("proof", "is_whole"),
    [
        ({"receipt_number": "1", "access_code": "2"}, True),
        ({"one_time_code": "3"}, True),
        ({"receipt_number": "1", "access_code": "2", "one_time_code": None}, True),
        ({}, False),
        ({"receipt_number": "1"}, False),
        ({"receipt_number": "1", "access_code": ""}, False),
        ({"receipt_number": "1", "one_time_code": "3"}, False),
        ({"receipt_number": "1", "access_code": "2", "one_time_code": "3"}, False),
    ],
)
def test_a_proof_is_of_one_kind_and_whole(proof: dict[str, Any], is_whole: bool) -> None:
    _, errors = load(ProofForm(), proof)

    assert (errors == ()) is is_whole
