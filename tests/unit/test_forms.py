"""The kit of forms: whatever JSON comes, a form makes its dataclass of it or says in Japanese what is wrong where."""

import re
from dataclasses import dataclass, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.forms import (
    SENTENCES,
    WORDS,
    CommandForm,
    Form,
    ListForm,
    Listing,
    Problem,
    Stated,
    Words,
    codes_of,
    load,
    load_or_refuse,
    optional,
    problem,
    refuse,
)
from desk.forms.addresses import Email
from desk.forms.fields import Choice, Day, Field, Id, Instant, Line, Several, Stream, Text, Whole, Yen, YesNo
from desk.forms.problems import MAX_ERRORS
from desk.portal.envelope import EnvelopeSchema
from eventstore.errors import InvalidMessage
from eventstore.following.freshness import AtLeast
from eventstore.records import StreamId
from services.administration.schemas import AdoptionSchema, ChangeStaffRolesSchema, RegisterStaffSchema
from services.intake.schemas import EntrySchema, InquirySchema, ProposalSchema
from services.intake.schemas.proposals.changes import (
    ClaimAnswersForm,
    ContactChangeForm,
    RenamingForm,
    SuccessionForm,
)
from services.intake.schemas.proposals.lists import ProposalListingSchema
from services.intake.schemas.proposals.outcomes import IneligibilityForm, RedirectionForm, WithdrawalForm
from services.intake.schemas.proposals.screening import (
    CheckedForm,
    ContactedForm,
    HeldForm,
    OfProposalForm,
    PledgedForm,
    ReturnedForm,
)
from services.matching.schemas.cases import CaseListingSchema
from tests.strategies import FOR_EACH

COMMAND: dict[str, Any] = {"command_id": "6b1f0c52-8d3e-4a17-9c40-2f5e71a80d01"}
STREAM = "proposal-6b1f0c52-8d3e-4a17-9c40-2f5e71a80d01"


class Colour(StrEnum):
    """Two codes."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted(Stated):
    """A command of a service: what every command states, and a content of its own."""

    colour: Colour
    on: date
    note: str | None
    at: datetime | None
    layers: int
    price: int | None
    helpers: tuple[str, ...]
    is_dry: bool | None
    told_to: str | None


class PaintForm(CommandForm):
    """Its form, with a field of each kind."""

    makes = Painted
    words = Words(
        labels={**WORDS.labels, "colour": "色", "layers": "層の数", "told_to": "連絡先", "helpers": "手伝う人"},
        sentences=SENTENCES,
    )
    colour = Choice(Colour, required=True)
    on = Day(required=True)
    note = optional(Text(10))
    at = optional(Instant())
    layers = Whole(1, 3, load_default=1)
    price = optional(Yen())
    helpers = Several(Line(10, required=True), limit=2)
    is_dry = optional(YesNo())
    told_to = optional(Email())


GOOD: dict[str, Any] = {**COMMAND, "colour": "red", "on": "2026-11-22"}
STAFF_FORMS = (
    CommandForm, ListForm, AdoptionSchema, RegisterStaffSchema, ChangeStaffRolesSchema, EntrySchema, OfProposalForm,
    ProposalListingSchema, CaseListingSchema, ContactedForm, CheckedForm, ReturnedForm, HeldForm, PledgedForm,
    IneligibilityForm, RedirectionForm, WithdrawalForm, ContactChangeForm, RenamingForm, SuccessionForm,
    ClaimAnswersForm,
)  # fmt: skip
FORMS = (*STAFF_FORMS, EnvelopeSchema, ProposalSchema, InquirySchema, PaintForm)

PLAUSIBLE = st.sampled_from(
    [STREAM, COMMAND["command_id"], "red", "2026-11-22", "2026-11-22T09:15:00+09:00", "あ" * 201, "\0", "\ud800",
     "\u200b", 10**400, 1.0, {"stream": STREAM, "version": 1}, {"stream": "\0-" + STREAM[9:], "version": 2**63}]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | PLAUSIBLE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def errors(form: Form, given: object) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in load(form, given)[1]]


class TestAnyForm:
    @pytest.mark.parametrize("form", FORMS)
    @FOR_EACH
    @given(chosen=st.data())
    def test_any_json_is_made_into_the_form_s_type_or_told_in_known_codes(
        self, form: type[Form], chosen: st.DataObject
    ) -> None:
        names = st.sampled_from(sorted(form().fields)) | st.text(max_size=8)
        given = chosen.draw(st.dictionaries(names, JSON, max_size=6) | JSON)

        made, told = load(form(), given)

        assert (made is None) == bool(told)
        assert made is None or isinstance(made, form.makes)
        for error in told:
            assert error.code in codes_of(form())
            assert error.code in form.words.sentences
            assert re.search(r"[ぁ-ん].*。", error.message)

    def test_every_error_is_told_at_once_and_strangers_are_refused(self) -> None:
        given = {"command_id": 5, "colour": "green", "on": None, "layers": 4, "wheels": 2, "is_dry": "true"}

        assert sorted(errors(PaintForm(), given)) == [
            ("colour", "unknown_choice"),
            ("command_id", "uuid"),
            ("is_dry", "wrong_type"),
            ("layers", "out_of_range"),
            ("on", "required"),
            ("wheels", "unknown_field"),
        ]

    def test_what_is_made_is_frozen(self) -> None:
        made = load_or_refuse(PaintForm(), GOOD)

        assert is_dataclass(made)
        with pytest.raises(AttributeError):
            made.colour = Colour.BLUE

    def test_a_form_tells_in_its_own_words(self) -> None:
        _, told = load(PaintForm(), {**GOOD, "layers": 9, "colour": 1})

        assert {error.message for error in told} == {
            "層の数は1から3までの整数で入力してください。",
            "色の形式が正しくありません。",
        }

    def test_an_item_of_a_list_is_told_where_it_stands_in_the_list_s_name(self) -> None:
        _, told = load(PaintForm(), {**GOOD, "helpers": ["花子", "あ" * 11]})

        assert [(error.field, error.message) for error in told] == [
            ("helpers.1", "手伝う人は10文字以内で入力してください。"),
        ]  # fmt: skip

    @pytest.mark.parametrize("form", FORMS)
    def test_every_code_that_a_form_may_refuse_with_has_a_sentence(self, form: type[Form]) -> None:
        assert codes_of(form()) <= set(form.words.sentences)

    def test_the_codes_of_a_form_are_those_of_its_fields_parts_and_lists_and_no_others(self) -> None:
        every = {"unknown_field", "wrong_type", "uuid"}
        listing = every | {"required", "out_of_range", "stream"}

        assert codes_of(CommandForm()) == every | {"required", "out_of_range", "too_long", "control_character"}
        assert codes_of(ListForm()) == listing
        assert codes_of(ProposalListingSchema()) == listing | {"unknown_choice", "wrong_type"}
        assert codes_of(PaintForm()) == set(SENTENCES) - {"stream", "in_the_future", "too_long_ago"}

    @pytest.mark.parametrize("form", STAFF_FORMS)
    def test_every_field_that_staff_state_has_a_japanese_name(self, form: type[Form]) -> None:
        assert set(form().fields) - set(form.words.labels) == set()

    def test_a_field_without_a_label_is_named_as_it_was_written(self) -> None:
        _, told = load(CommandForm(), {**COMMAND, "wheels": 2})
        assert [error.message for error in told] == ["「wheels」という項目は受け付けていません。"]

    @pytest.mark.parametrize("code", SENTENCES)
    def test_every_code_has_a_plain_sentence(self, code: str) -> None:
        error = Problem(code, limit=5, detail="1から5まで").at("limit", WORDS)
        assert error.message.endswith("。")
        assert not re.search(r"[{}]|None", error.message)


class TestFields:
    @pytest.mark.parametrize(
        ("field", "given", "kept"),
        [
            (Day(), "2024-02-29", date(2024, 2, 29)),
            (Whole(-1, 1), -1, -1),
            (Whole(-1, 1), 1, 1),
            (Stream(), STREAM, StreamId("proposal", UUID(STREAM[9:]))),
            (Instant(), "2026-11-22T09:15:00+09:00", datetime(2026, 11, 22, 0, 15, tzinfo=UTC)),
            (Text(10), "\u200b \n", None),
            (Line(10), " 一 行 ", "一 行"),
            (Several(Choice(Colour), limit=3), ["red", "blue", "red"], (Colour.RED, Colour.BLUE)),
            (Several(Id(), limit=3), None, ()),
        ],
    )
    def test_a_good_value_is_kept_in_its_type(self, field: Field, given: object, kept: object) -> None:
        assert field.deserialize(given) == kept

    @pytest.mark.parametrize(
        ("field", "given", "code"),
        [
            (Day(), "20261122", "date"),
            (Day(), "2026-W47-7", "date"),
            (Day(), "2026-02-29", "date"),
            (Day(), "2026-11-22T00:00:00Z", "date"),
            (Day(), 20261122, "wrong_type"),
            (Whole(1, 3), 0, "out_of_range"),
            (Whole(1, 3), 4, "out_of_range"),
            (Whole(1, 3), True, "wrong_type"),
            (Whole(1, 3), 2.0, "wrong_type"),
            (Whole(1, 3), "2", "wrong_type"),
            (Stream(), "proposal", "stream"),
            (Stream(), STREAM[9:], "stream"),
            (Stream(), STREAM.upper(), "stream"),
            (Stream(), STREAM.replace("-", "-{", 1) + "}", "stream"),
            (Stream(), "\0" + STREAM, "stream"),
            (Stream(), None, "required"),
            (Stream(), [STREAM], "wrong_type"),
            (Several(Id(), limit=3, required=True), None, "required"),
            (Several(Id(), limit=3), {}, "wrong_type"),
            (Text(10, required=True), "\u200b \n", "required"),
            (Line(10), "一\n行", "control_character"),
            (Line(10), "一\u2028行", "control_character"),
            (Line(10), "一\u2029行", "control_character"),
        ],
    )
    def test_a_wrong_value_is_refused_with_its_code(self, field: Field, given: object, code: str) -> None:
        @dataclass
        class Box:
            value: object

        class BoxForm(Form):
            makes = Box
            value = field

        assert errors(BoxForm(), {"value": given}) == [("value", code)]

    @given(day=st.dates())
    def test_every_day_is_read_as_it_is_written(self, day: date) -> None:
        assert Day().deserialize(day.isoformat()) == day


class TestCommands:
    def test_a_command_states_its_id_and_may_state_version_and_reason(self) -> None:
        least = load_or_refuse(CommandForm(), COMMAND)
        most = load_or_refuse(CommandForm(), {**COMMAND, "expected_version": 3, "reason": "転記の誤り"})

        assert least == Stated(command_id=UUID(COMMAND["command_id"]), expected_version=None, reason=None)
        assert (most.expected_version, most.reason) == (3, "転記の誤り")
        assert "転記" not in repr(most)

    @pytest.mark.parametrize("version", [0, -1, 2**31, 10**400])
    def test_no_version_is_below_one_or_beyond_what_a_stream_can_have(self, version: int) -> None:
        assert errors(CommandForm(), {**COMMAND, "expected_version": version}) == [
            ("expected_version", "out_of_range"),
        ]  # fmt: skip

    def test_a_command_without_an_id_is_refused(self) -> None:
        assert errors(CommandForm(), {}) == [("command_id", "required")]


class TestLists:
    def test_a_list_gives_fifty_unless_asked_otherwise(self) -> None:
        assert load_or_refuse(ListForm(), {}) == Listing(limit=50, after=None, at_least=None)

    @pytest.mark.parametrize(("limit", "refused"), [(1, False), (200, False), (0, True), (201, True)])
    def test_a_page_has_one_to_two_hundred_rows(self, limit: int, refused: bool) -> None:
        assert errors(ListForm(), {"limit": limit}) == ([("limit", "out_of_range")] if refused else [])

    def test_a_list_goes_on_after_a_row_and_waits_for_an_event(self) -> None:
        after = uuid4()

        listing = load_or_refuse(ListForm(), {"after": str(after), "at_least": {"stream": STREAM, "version": 2}})

        assert listing.after == after
        assert listing.at_least == AtLeast(stream=StreamId.parse(STREAM), version=2)

    @pytest.mark.parametrize(
        ("at_least", "expected"),
        [
            ({}, [("at_least.stream", "required"), ("at_least.version", "required")]),
            ({"stream": "x", "version": 0}, [("at_least.stream", "stream"), ("at_least.version", "out_of_range")]),
            ({"stream": STREAM, "version": 1, "x": 1}, [("at_least.x", "unknown_field")]),
            ("proposal", [("at_least", "wrong_type")]),
        ],
    )
    def test_what_a_list_has_to_show_is_named_by_stream_and_version(
        self, at_least: object, expected: list[tuple[str, str]]
    ) -> None:
        assert errors(ListForm(), {"at_least": at_least}) == expected


class TestRefusing:
    def test_a_hundred_errors_at_most_are_told(self) -> None:
        with pytest.raises(InvalidMessage) as refused:
            refuse(Problem("required").at(f"field{n}", WORDS) for n in range(400))
        assert len(refused.value.errors) == MAX_ERRORS == 100

    def test_what_a_form_has_against_a_message_is_an_invalid_message(self) -> None:
        with pytest.raises(InvalidMessage, match="入力内容") as refused:
            load_or_refuse(CommandForm(), [])
        assert [error.code for error in refused.value.errors] == ["wrong_type"]

    def test_nothing_wrong_is_no_refusal(self) -> None:
        refuse([])

    def test_a_problem_s_own_sentence_stands_as_it_is(self) -> None:
        assert Problem("required", sentence="100{%}です。").at("x", WORDS).message == "100{%}です。"
        assert problem("too_long", limit=3).messages == [Problem("too_long", limit=3)]
