"""What any method may answer with, whoever it belongs to: stated once, not at each of them."""

from dataclasses import dataclass
from typing import Final

from desk.office import NotPermitted
from desk.rules import CalendarUnknown, CalendarUnreadable, NoPackInForce, PackUnreadable
from desk.wareki import BeforeShowa
from eventstore.errors import InvalidMessage, KeyUnavailable, NotFound, RenkeiError, StreamConflict, Unavailable
from eventstore.execution import CommandIdReused, VersionExpected
from eventstore.store import CommandAlreadyRecorded
from eventstore.tokens import TokenRefused


@dataclass(frozen=True, slots=True)
class General:
    """An error by class and code, and when it comes."""

    error: type[RenkeiError]
    code: str
    when: str


EVERY_CALL: Final = (
    General(TokenRefused, "token_missing", "The call carries no token."),
    General(TokenRefused, "token_expired", "The token's time is over."),
    General(TokenRefused, "token_refused", "The token is forged, or another city's."),
    General(NotPermitted, "not_permitted", "None of the caller's roles has the permission."),
    General(NotFound, "method_not_found", "The service has no such method."),
    General(InvalidMessage, "arguments", "An argument is missing, or one is named that the method does not have."),
    General(InvalidMessage, "invalid_message", "The call is not of the form above, or fields are wrong: see the list."),
    General(NoPackInForce, "no_pack_in_force", "The city has adopted no policy pack for that day."),
    General(PackUnreadable, "pack_unreadable", "The pack in force is newer than this program."),
    General(CalendarUnknown, "calendar_unknown", "A deadline goes by closed days that are not in the log."),
    General(CalendarUnreadable, "calendar_unreadable", "A calendar of closed days is newer than this program."),
    General(BeforeShowa, "before_showa", "An answer or a letter would have to write a day before 1926-12-25."),
    General(KeyUnavailable, "key_unavailable", "A key is not where the service looks for it."),
    General(Unavailable, "database_unavailable", "The database does not answer. The same call may succeed later."),
    General(Unavailable, "fault", "A fault of our own; it is in the service's log."),
)
COMMANDS: Final = (
    General(CommandIdReused, "command_id_reused", "The id came before with other arguments. The first result stands."),
    General(VersionExpected, "stream_conflict", "The stream is not at `expected_version` any more."),
    General(StreamConflict, "stream_conflict", "Others were faster each time it was tried. The same call may succeed."),
    General(CommandAlreadyRecorded, "command_already_recorded", "The same command is being recorded at this moment."),
)
