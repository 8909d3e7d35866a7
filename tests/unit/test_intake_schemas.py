"""The forms of intake: what people type is taken and normalised, texts stay to the letter, every problem has words."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields
from stdnum import luhn

from desk.forms import Form, codes_of, load
from desk.portal.duplicates import duplicates
from desk.portal.envelope import EnvelopeSchema
from desk.portal.receipts import content_receipt
from services.intake.domain.receipts import (
    ALPHABET,
    ReceiptKeys,
    access_code,
    is_access_code,
    normalised,
    receipt_number,
)
from services.intake.schemas import EntrySchema, InquirySchema, Problem, ProposalSchema
from services.intake.schemas.problems import SENTENCES, WORDS
from tests.portals import FULL, INQUIRY, MINIMAL, as_body, changed

FORMS = (EnvelopeSchema, ProposalSchema, InquirySchema, EntrySchema)
KEYS = ReceiptKeys(number=b"n" * 32, access=b"a" * 32)


def proposal(path: str, to: Any) -> Any:
    content, errors = load(ProposalSchema(), changed(FULL, path, to))
    assert not errors
    return content


def codes(schema: Form, given: Any) -> list[tuple[str, str]]:
    """Field and code of every error; that the form says of itself that it may refuse with these is looked at too."""
    _, errors = load(schema, given)
    assert {error.code for error in errors} <= codes_of(schema)
    return [(error.field, error.code) for error in errors]


class TestWhatPeopleType:
    @pytest.mark.parametrize(
        "typed",
        ["4011001098993", "4-0110-0109-8993", "４０１１００１０９８９９３", "４－０１１０－０１０９－８９９３",
         " 4 0110 0109 8993 ", "4ー0110ー0109ー8993", "4‐0110‑0109–8993", "4−0110−0109−8993", "　4011001098993　"],
    )  # fmt: skip
    def test_a_corporate_number_in_any_width_and_with_any_hyphen_is_thirteen_digits(self, typed: str) -> None:
        assert proposal("proposer.corporate_number", typed).proposer.corporate_number == "4011001098993"

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [("017-761-4154", "017-761-4154"), ("0177614154", "017-761-4154"), ("０１７－７６１－４１５４", "017-761-4154"),
         ("(017)761-4154", "017-761-4154"), ("+81 17 761 4154", "017-761-4154"), ("017ー761ー4154", "017-761-4154"),
         ("090-1234-5678", "090-1234-5678"), ("+44 20 7946 0000", "+44 20 7946 0000"),
         ("017-761-4154 内線 12", "017-761-4154 内線12")],
    )  # fmt: skip
    def test_a_telephone_number_is_kept_as_it_is_dialled(self, typed: str, kept: str) -> None:
        assert proposal("contact.phone", typed).contact.phone == kept

    @pytest.mark.parametrize(
        ("typed", "kept"), [("Ｈ＠ＥＸＡＭＰＬＥ．ＪＰ", "H@example.jp"), ("  h.y+x@Example.JP ", "h.y+x@example.jp")]
    )
    def test_a_mail_address_in_any_width_is_normalised(self, typed: str, kept: str) -> None:
        assert proposal("contact.email", typed).contact.email == kept

    def test_one_of_phone_and_mail_is_enough(self) -> None:
        for left_out in ("contact.phone", "contact.email"):
            assert proposal(left_out, ...)
            assert proposal(left_out, None)
            assert proposal(left_out, "")

    def test_a_corporation_has_a_number_or_says_why_not(self) -> None:
        without = changed(FULL, "proposer.corporate_number", None)
        assert codes(ProposalSchema(), without) == [("proposer.corporate_number", "corporate_number_required")]
        assert (
            codes(ProposalSchema(), changed(without, "proposer.corporate_number_absent_reason", "外国法人のため")) == []
        )

    @given(text=st.text(st.characters(exclude_categories=("Cc", "Cs"))).map(lambda text: f"{text}字"))
    def test_long_texts_stay_to_the_letter(self, text: str) -> None:
        assert proposal("summary", text[-20_000:]).summary == text[-20_000:]

    def test_line_breaks_and_tabs_stay_in_long_texts(self) -> None:
        text = "一行目\r\n\t二行目\n\n　三行目　"
        assert proposal("summary", text).summary == text

    def test_outer_blanks_of_a_line_go(self) -> None:
        assert proposal("title", " \u3000件名 の中は残す\u3000 ").title == "件名 の中は残す"

    def test_the_longest_texts_are_taken_and_one_more_character_is_not(self) -> None:
        for path, limit in (("title", 200), ("summary", 20_000), ("period", 2_000), ("merits.city", 2_000)):
            assert proposal(path, "あ" * limit)
            assert codes(ProposalSchema(), changed(FULL, path, "あ" * (limit + 1))) == [(path, "too_long")]

    def test_what_is_ticked_twice_counts_once(self) -> None:
        assert len(proposal("purposes", ["citizen_service", "citizen_service"]).purposes) == 1

    @pytest.mark.row("S19")
    def test_what_is_not_required_may_be_absent_or_null(self) -> None:
        for name in FULL:
            if name not in MINIMAL:
                assert codes(ProposalSchema(), changed(FULL, name, ...)) == []
        for name in ("call_id", "problem", "merits", "roles", "period", "place", "cost", "track_record"):
            assert codes(ProposalSchema(), changed(FULL, name, None)) == []

    @pytest.mark.parametrize(
        ("path", "to", "code"),
        [
            ("proposer.corporate_number", "12345", "not_13_digits"),
            ("proposer.corporate_number", "4011001098994", "check_digit"),
            ("contact.phone", "12", "phone"),
            ("contact.email", "h@", "email"),
            ("kind", "call", "call_required"),
            ("call_id", "7b0c9a52-5e0f-4b53-9a3c-0f6d8f1f2a11", "call_not_wanted"),
            ("cost", {"total_yen": 1, "city_share_yen": 2}, "city_share_above_total"),
            ("contact", {"name": "長谷川"}, "phone_or_email_required"),
            ("proposer", {"kind": "corporation", "name": "雪"}, "corporate_number_required"),
        ],
    )
    def test_what_is_wrong_is_told_in_a_code_that_the_form_states(self, path: str, to: object, code: str) -> None:
        given = changed({**FULL, "kind": "free"}, path, to)
        assert [told for _, told in codes(ProposalSchema(), given)] == [code]

    def test_a_call_is_named_by_its_id(self) -> None:
        call = uuid4()
        content, errors = load(ProposalSchema(), {**FULL, "kind": "call", "call_id": str(call)})
        assert (content.call_id, errors) == (call, ())


class TestInquiry:
    @pytest.mark.row("S20")
    def test_an_inquiry_needs_no_proposer_no_pledge_and_no_terms(self) -> None:
        content, errors = load(InquirySchema(), dict(INQUIRY))
        assert not errors
        assert (content.proposer, content.contact.affiliation) == (None, "架空商店街")


class TestEntry:
    def test_a_late_entry_needs_a_reason(self) -> None:
        entry = {"command_id": str(uuid4()), "channel": "post", "received_at": "2026-05-20T10:00:00+09:00"}

        assert codes(EntrySchema(), entry) == [("reason", "reason_required")]
        read, errors = load(EntrySchema(), {**entry, "reason": "庁内便の遅れ"})
        assert not errors
        assert read.received_at == datetime(2026, 5, 20, 1, 0, tzinfo=UTC)

    def test_what_came_by_a_portal_is_not_entered_by_staff(self) -> None:
        entry = {"command_id": str(uuid4()), "channel": "portal"}
        assert codes(EntrySchema(), entry) == [("channel", "unknown_choice")]


class TestDuplicates:
    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            (b'{"a": 1, "b": [{"a": 1}, {"a": 2}]}', []),
            (b'{"a": 1, "a": 1}', ["a"]),
            (b'{"id": 1, "data": {"title": 1, "title": 2}}', ["title"]),
            (b'{"data": {"contact": {"name": 1, "name": 1, "name": 1}}}', ["contact.name"]),
            (b'{"data": {"indicators": [{}, {"name": 1, "name": 2}]}}', ["indicators.1.name"]),
            (b'{"data": {"data": {"x": 1, "x": 1}}}', ["data.x"]),
            (b'{"a": 1, "\\u0061": 2}', ["a"]),
            (b"5", []),
        ],
    )
    def test_each_key_that_stands_twice_is_told_where_it_stands(self, body: bytes, fields: list[str]) -> None:
        assert [error.field for error in duplicates(body, WORDS)] == fields

    def test_what_is_nested_too_deep_to_look_is_told(self) -> None:
        assert [error.code for error in duplicates(b"[" * 5_000 + b"]" * 5_000, WORDS)] == ["too_deep"]

    def test_a_good_message_has_none(self) -> None:
        assert duplicates(as_body({"data": FULL}), WORDS) == []


def paths(schema: Schema, prefix: str = "") -> Iterator[str]:
    for name, field in schema.fields.items():
        path = f"{prefix}{field.data_key or name}"
        yield path
        inner = getattr(field, "_list", None)
        nested = inner.inner if inner is not None else field
        if isinstance(nested, fields.Nested):
            yield from paths(nested.schema, f"{path}.")


class TestWords:
    @pytest.mark.parametrize("schema", FORMS)
    def test_every_field_has_a_japanese_name(self, schema: type[Form]) -> None:
        inside_attachments = {"attachments.upload_token", "attachments.name", "attachments.media_type"}
        never_refused = {"traceparent"}
        assert set(paths(schema())) - set(schema.words.labels) - inside_attachments - never_refused == set()

    def test_every_form_of_intake_tells_in_its_words(self) -> None:
        assert all(form.words is WORDS for form in FORMS if form is not EnvelopeSchema)

    @pytest.mark.parametrize("code", SENTENCES)
    def test_every_code_has_a_plain_sentence(self, code: str) -> None:
        error = Problem(code, limit=200, detail="2026-04").at("contact.name")

        assert re.search(r"[ぁ-ん]", error.message)
        assert not re.search(r"[{}]|None", error.message)

    def test_a_stranger_s_field_is_named_shortly_and_its_braces_stay_braces(self) -> None:
        error = Problem("unknown_field").at("{0}" + "x" * 500)

        assert len(error.field) <= 200
        assert error.message.startswith("「{0}xx")
        assert len(error.message) < 100


class TestReceipts:
    def test_number_and_code_are_the_same_each_time_asked_and_differ_by_key_and_submission(self) -> None:
        one, other = UUID(int=1), UUID(int=2)

        assert receipt_number(KEYS, one) == receipt_number(KEYS, one)
        assert len({receipt_number(KEYS, one), receipt_number(KEYS, other)}) == 2
        keys = ReceiptKeys(number=b"x" * 32, access=b"y" * 32)
        assert receipt_number(keys, one) != receipt_number(KEYS, one)
        assert access_code(keys, one) != access_code(KEYS, one)

    @pytest.mark.row("B01")
    @given(submission=st.uuids(), at=st.integers(0, 11), symbol=st.sampled_from(ALPHABET))
    def test_one_misread_symbol_of_a_receipt_number_never_gives_another_that_exists(
        self, submission: UUID, at: int, symbol: str
    ) -> None:
        symbols = receipt_number(KEYS, submission).replace("-", "")
        misread = symbols[:at] + symbol + symbols[at + 1 :]

        assert luhn.is_valid(symbols, alphabet=ALPHABET)
        assert misread == symbols or not luhn.is_valid(misread, alphabet=ALPHABET)

    @given(submission=st.uuids(), junk=st.text(max_size=20))
    def test_only_the_own_code_is_the_code(self, submission: UUID, junk: str) -> None:
        code = access_code(KEYS, submission)

        assert is_access_code(KEYS, submission, code)
        assert is_access_code(KEYS, submission, code.lower().replace("-", "　"))
        assert not is_access_code(KEYS, submission, junk)
        assert not is_access_code(KEYS, submission, code[:-1])
        assert not is_access_code(KEYS, UUID(int=submission.int ^ 1), code)

    @given(text=st.text())
    def test_any_text_can_be_typed_and_normalising_twice_changes_nothing(self, text: str) -> None:
        assert normalised(normalised(text)) == normalised(text)
        assert set(normalised(text)) <= {*ALPHABET, "-"}

    def test_a_content_receipt_is_sha_256_over_nonce_and_body(self) -> None:
        receipt = content_receipt(b"body", b"\x01" * 32)

        assert receipt.nonce == "01" * 32
        assert receipt.sha256 == "f97e947a13ea238864b42438594f42a450d77a5389f6a68db63ef9e8f380a71e"
