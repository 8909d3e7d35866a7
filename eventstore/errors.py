"""The one tree of errors: what may cross a service's edge, each with a stable code and a plain sentence.

    RenkeiError
    ├── Refusal          a rule says no: shown to the person, never retried      409
    ├── StreamConflict   another's change came first: decided afresh             409
    ├── InvalidMessage   cannot be read, or not this shape: parked or refused    400
    ├── NotFound         absent, or not for this person to know: the same words  404
    ├── Forbidden        not this person's to do, where existence is no secret   403
    └── Unavailable      broker, database or key out of reach: retried           503

A fault in our own code is none of these and ends in `Error`, as Python's own do.
"""

from dataclasses import asdict, dataclass
from typing import ClassVar


class RenkeiError(Exception):
    """Root of the tree. `stable_code` is meant for programs, `message` for people; `args` carries both.

    sentence: what is said where whoever raises it states nothing; a class that has none is never raised without words.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    sentence: ClassVar[str]

    def __init__(self, message: str | None = None, *, code: str | None = None) -> None:
        self.message = self.sentence if message is None else message
        self.stable_code = code or self.code
        super().__init__(self.stable_code, self.message)

    def __str__(self) -> str:
        """Sentence and code: all that nameko's own `RemoteError` shows of an error from afar."""
        return f"{self.message} ({self.stable_code})"

    @property
    def crossing(self) -> tuple[object, ...]:
        """What crosses a service's edge after code and sentence: nothing unless a class says so."""
        return ()


class Refusal(RenkeiError):
    """A rule says no; nothing was changed. Subclasses are named for the condition."""

    code = "refused"
    status = 409


class StreamConflict(RenkeiError):
    """The stream has moved on since it was read."""

    code = "stream_conflict"
    status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One thing wrong with one field: dotted path, stable code, plain Japanese sentence."""

    field: str
    code: str
    message: str


class InvalidMessage(RenkeiError):
    """A message that cannot be read, or whose fields are wrong; `errors` lists every one of them."""

    code = "invalid_message"
    status = 400

    def __init__(self, message: str, *, code: str | None = None, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(message, code=code)
        self.errors = errors

    @property
    def crossing(self) -> tuple[object, ...]:
        """The list of errors, each as a mapping of field, code and message."""
        return ([asdict(error) for error in self.errors],)


class NotFound(RenkeiError):
    """Absent, or hidden from whoever asks: one sentence for both, so that it betrays nothing."""

    code = "not_found"
    sentence = "見つかりません。"
    status = 404


class Forbidden(RenkeiError):
    """The person is known and may not do this."""

    code = "forbidden"
    status = 403


class Unavailable(RenkeiError):
    """Something that we depend on does not answer; the same again may succeed later."""

    code = "unavailable"
    status = 503


class KeyUnavailable(Unavailable):
    """A master key is missing or is not the one that wrapped the data keys; nothing is opened by halves."""

    code = "key_unavailable"
