"""What a verification finds: where, what kind of thing is wrong, and the verdict in the end."""

from dataclasses import dataclass, field
from enum import StrEnum, unique


@unique
class Fault(StrEnum):
    """What can be wrong."""

    POSITION_MISSING = "position_missing"
    RECORD_MISSING = "record_missing"
    RECORD_CHANGED = "record_changed"
    COLUMN_CHANGED = "column_changed"
    NODE_CHANGED = "node_changed"
    NOT_NUMBERED = "not_numbered"
    CHECKPOINT_CONTRADICTED = "checkpoint_contradicted"
    LEDGER_SHORTENED = "ledger_shortened"
    CHECKPOINT_INVALID = "checkpoint_invalid"
    BREAK_UNSIGNED = "break_unsigned"
    KEY_MISSING = "key_missing"
    KEY_WRONG = "key_wrong"
    CIPHERTEXT_MISSING = "ciphertext_missing"
    CIPHERTEXT_CHANGED = "ciphertext_changed"
    COMMITMENT_BROKEN = "commitment_broken"


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
        """The findings, lowest position first."""
        return tuple(sorted(self._found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a verification found; `findings` begins with the lowest position.

    opened, closed: how many sealed values agree with their commitment, and how many no key held here opens.
    """

    size: int
    root: bytes
    findings: tuple[Finding, ...]
    opened: int
    closed: int

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
