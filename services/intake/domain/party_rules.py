"""What a city's pack says of whoever is registered or offers something: kinds of parties, and subjects (分野)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desk.packs.codes import ProposerKind
from eventstore.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRules:
    """What the pack in force says: its subjects, and which kinds are sent on, each with the sentence for it."""

    subjects: frozenset[str]
    sent_on: Mapping[ProposerKind, str]


class KindNotTaken(Refusal):
    """The city's pack sends parties of this kind on to another window."""

    code = "party_kind_not_taken"


class SubjectUnknown(Refusal):
    """The pack in force has no such subject."""

    code = "unknown_subject"
    sentence = "運用ルールにない分野が指定されています。"


def require_taken(kind: ProposerKind, rules: PartyRules) -> None:
    """Raises `KindNotTaken`, with the pack's own words, for a kind of party that is sent on."""
    sentence = rules.sent_on.get(kind)
    if sentence is not None:
        raise KindNotTaken(f"この区分の方の登録や逆提案は受け付けていません。\n{sentence}")


def require_known(subjects: Iterable[str], known: frozenset[str]) -> None:
    """Raises `SubjectUnknown` where a subject is none of those that are known."""
    if not known.issuperset(subjects):
        raise SubjectUnknown
