"""What a verification finds: where, what kind of thing is wrong, and the verdict in the end."""

from dataclasses import dataclass, field
from enum import StrEnum, unique


@unique
class Fault(StrEnum):
    """What can be wrong; docs/verify.md says of each what it means."""

    POSITION_MISSING = "position_missing"
    RECORD_MISSING = "record_missing"
    RECORD_CHANGED = "record_changed"
    COLUMN_CHANGED = "column_changed"
    OUT_OF_ORDER = "out_of_order"
    NODE_CHANGED = "node_changed"
    NOT_NUMBERED = "not_numbered"
    LEDGER_SHORTENED = "ledger_shortened"
    PROGRESS_MISSING = "progress_missing"
    CHECKPOINT_CONTRADICTED = "checkpoint_contradicted"
    CHECKPOINT_INVALID = "checkpoint_invalid"
    CLOSING_WRONG = "closing_wrong"
    CLOSING_MISSING = "closing_missing"
    BREAK_UNSIGNED = "break_unsigned"
    KEY_MISSING = "key_missing"
    KEY_WRONG = "key_wrong"
    KEY_STRAY = "key_stray"
    CIPHERTEXT_MISSING = "ciphertext_missing"
    CIPHERTEXT_CHANGED = "ciphertext_changed"
    CIPHERTEXT_STRAY = "ciphertext_stray"
    COMMITMENT_BROKEN = "commitment_broken"
    VALUE_STRAY = "value_stray"
    INDEX_MISSING = "index_missing"
    INDEX_WRONG = "index_wrong"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong: at which position (0: not at one), what, and where exactly."""

    position: int
    fault: Fault
    at: str


@dataclass(slots=True)
class Findings:
    """Collects findings up to a limit, each once."""

    limit: int
    _found: set[Finding] = field(default_factory=set)

    def add(self, position: int, fault: Fault, at: str) -> None:
        """Notes a finding; beyond the limit nothing more."""
        if not self.are_enough:
            self._found.add(Finding(position, fault, at))

    @property
    def are_enough(self) -> bool:
        """Whether the limit is reached."""
        return len(self._found) >= self.limit

    def in_order(self) -> tuple[Finding, ...]:
        """The findings, lowest position first; those that are at no position last."""
        return tuple(sorted(self._found, key=lambda found: (found.position == 0, found)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a verification found; `findings` begins with the lowest position.

    signed, signed_outside: up to which position there is a checkpoint at all, and one outside; beyond, the ledger is
    only compared with itself. opened, closed: how many sealed values agree with their commitment, and how many no key
    held here opens.
    """

    size: int
    root: bytes
    signed: int
    signed_outside: int
    findings: tuple[Finding, ...]
    opened: int
    closed: int

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
