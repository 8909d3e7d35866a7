"""The letters section of a pack: templates with named places, the text on remedies (教示), and who issues.

A template that would leave a place open, or tell something that nobody fills in, is refused when the pack is read: not
on the day when the letter has to go out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from string import Formatter
from typing import Annotated, Final

from desk.packs.problems import Unfit
from desk.packs.sections import Complete, Count, Sourced, Stated


@unique
class LetterCode(StrEnum):
    """The letters that the desk sends."""

    CORRECTION_REQUEST = "correction_request"
    INELIGIBLE_NOTICE = "ineligible_notice"
    REDIRECTION_NOTICE = "redirection_notice"
    ACCEPTANCE_NOTICE = "acceptance_notice"
    RECEIPT_NOTICE = "receipt_notice"
    CALL_NOTICE = "call_notice"
    IDEA_USE_REQUEST = "idea_use_request"
    ONE_TIME_LINK = "one_time_link"
    CLAIM_ANSWER = "claim_answer"
    WITHDRAWAL_NOTICE = "withdrawal_notice"
    OFFER_ANSWER = "offer_answer"
    INQUIRY_ANSWER = "inquiry_answer"
    LINEAGE_NOTICE = "lineage_notice"
    MINUTES_REQUEST = "minutes_request"
    FEASIBILITY_ANSWER = "feasibility_answer"
    DECLINED_ANSWER = "declined_answer"
    KEPT_ANSWER = "kept_answer"


_MATTER: Final = frozenset({"receipt_number", "title"})
PLACES: Final[Mapping[LetterCode, frozenset[str]]] = {
    LetterCode.CORRECTION_REQUEST: _MATTER | {"points", "due_on"},
    LetterCode.INELIGIBLE_NOTICE: _MATTER | {"rule", "clause", "ground"},
    LetterCode.REDIRECTION_NOTICE: _MATTER | {"destination", "ground"},
    LetterCode.ACCEPTANCE_NOTICE: _MATTER | {"accepted_on"},
    LetterCode.RECEIPT_NOTICE: _MATTER | {"received_on"},
    LetterCode.CALL_NOTICE: frozenset({"call_title", "text"}),
    LetterCode.IDEA_USE_REQUEST: _MATTER | {"passage", "use", "due_on"},
    LetterCode.ONE_TIME_LINK: frozenset({"matter"}),
    LetterCode.CLAIM_ANSWER: _MATTER | {"answers"},
    LetterCode.WITHDRAWAL_NOTICE: _MATTER | {"withdrawn_on"},
    LetterCode.OFFER_ANSWER: frozenset({"title", "answers"}),
    LetterCode.INQUIRY_ANSWER: _MATTER | {"answer"},
    LetterCode.LINEAGE_NOTICE: _MATTER | {"decided_on", "outcome"},
    LetterCode.MINUTES_REQUEST: _MATTER | {"held_on", "minutes", "due_on"},
    LetterCode.FEASIBILITY_ANSWER: _MATTER | {"decided_on", "outcome", "explanation", "next"},
    LetterCode.DECLINED_ANSWER: _MATTER | {"decided_on", "explanation"},
    LetterCode.KEPT_ANSWER: _MATTER | {"decided_on", "kept_until", "explanation"},
}
"""What each letter must tell, by the names of its places: all of them stand in it, and nothing else does.

A code keeps its places for ever, because packs in the log are read by them: a letter that tells more is another code.
"""
CITYS_OWN: Final = frozenset({"city", "desk", "phone"})
"""Places that any letter may have: they are filled from the pack itself."""
IN_A_TITLE: Final = CITYS_OWN | {"receipt_number", "title", "call_title"}
"""What fits into one line."""
ALWAYS_ADVERSE: Final = frozenset({LetterCode.INELIGIBLE_NOTICE, LetterCode.DECLINED_ANSWER})
CODE_PLACES: Final = frozenset({"code", "valid_until"})
CODE_DAYS_AT_MOST: Final = 60
PORTAL_URL: Final = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/%-]*)?")


def places(text: str) -> frozenset[str]:
    """The names of a text's places `{name}`. Raises `Unfit` for braces that are none."""
    return frozenset(_places(text))


def _places(text: str) -> Iterator[str]:
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        raise Unfit("{ と } の対応が正しくありません。") from None
    for _, name, form, conversion in parsed:
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise Unfit(f"差し込みは {{名前}} の形で書いてください（{{{name}}}）。")
        yield name


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTemplate(Sourced):
    """A letter: what the office calls it, its title, and its paragraphs. adverse: it needs the text on remedies."""

    name: str
    adverse: bool
    title: str
    body: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.body:
            raise Unfit("本文（body）を1段落以上書いてください。")
        if strange := places(self.title) - IN_A_TITLE:
            raise Unfit(f"件名に使えない差し込みがあります：{_listed(strange)}")

    @property
    def told(self) -> frozenset[str]:
        """The places of its title and body."""
        return places(self.title).union(*(places(paragraph) for paragraph in self.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeNotice(Sourced):
    """The paragraph that tells a one-time code."""

    text: str

    def __post_init__(self) -> None:
        if places(self.text) != CODE_PLACES:
            raise Unfit("{code} と {valid_until} を、どちらも書いてください（ほかの差し込みは使えません）。")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRules:
    """How the city writes letters. issuer: who stands under them, line by line. remedies: 教示.

    code_days: for how many days after its letter was composed a one-time code may be used, where no decision names one.
    portal_url: the page on which codes are entered (`https://…`, without fragment); a letter with a code prints it with
    the code behind `#`, which browsers keep to themselves. None where letters tell the code alone.
    """

    issuer: Stated[tuple[str, ...]]
    remedies: Stated[str] | None = None
    code_notice: CodeNotice
    code_days: Stated[Count]
    portal_url: Stated[str] | None = None
    templates: Annotated[Mapping[LetterCode, LetterTemplate], Complete] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code_days.value > CODE_DAYS_AT_MOST:
            raise Unfit(f"番号の有効日数（code_days）は、{CODE_DAYS_AT_MOST}日以内にしてください。")
        if self.portal_url is not None and not PORTAL_URL.fullmatch(self.portal_url.value):
            raise Unfit("手続のページ（portal_url）は、https:// で始まり、# を含まない形で書いてください。")
        for code, template in self.templates.items():
            self._require_places(code, template)
            if code in ALWAYS_ADVERSE and not template.adverse:
                raise Unfit(f"templates.{code} は不利益な内容の文書なので、adverse = true にしてください。")
            if template.adverse and self.remedies is None:
                raise Unfit(f"templates.{code} は不利益な内容の文書なので、教示の文（remedies）が必要です。")

    @staticmethod
    def _require_places(code: LetterCode, template: LetterTemplate) -> None:
        if missing := PLACES[code] - template.told:
            raise Unfit(f"templates.{code} に必要な差し込みがありません：{_listed(missing)}")
        if strange := template.told - PLACES[code] - CITYS_OWN:
            raise Unfit(f"templates.{code} に使えない差し込みがあります：{_listed(strange)}")


def _listed(names: frozenset[str]) -> str:
    return "、".join(f"{{{name}}}" for name in sorted(names))
