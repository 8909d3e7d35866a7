"""The window where letters are looked up and opened."""

from typing import Any, Final

from desk.forms import load_or_refuse
from desk.letters.forms import LetterListing, LetterListingSchema
from desk.letters.listing import letter_list
from desk.letters.reading import letter_file, opened_letter
from desk.letters.refusals import LetterErased, LetterFileAbsent
from desk.openings import PurposeForm
from desk.permissions import Permission
from desk.windows.letters.desk import LetterDesk
from eventstore.errors import NotFound
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc

OPENS: Final = (NotFound, LetterErased)


class ReadingWindow(LetterDesk):
    """What is seen of letters."""

    @staff_rpc(
        permission=Permission.LETTER_READ,
        takes=LetterListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_letters(self, **arguments: Any) -> dict[str, Any]:
        """Lists letters in the order in which they were composed, without addressee and text.

        status: `composed`, `approved` (waits for the mail server or the post), `dispatched`, `failed`, `bounced`,
        `posted`, `returned` or `cancelled`; all unless named. subject_id: the record that they are about.

        Gives `items` (`letter_id`, `version`, `status`, `waits_for`, `template`, `subject_category`, `subject_id`,
        `means`, `adverse`, `issued_on`, `sent_on`, `attempts`, `next_attempt_at`, `recorded_at`, `tries`, `code`,
        `again_at`), `after`, `as_of` and `counts`, how many letters there are of each status. `waits_for`: `approval`,
        `mail_server` (which takes it with the next round), `retry` (at `next_attempt_at`), `mending` (something of ours
        is in its way, as `code` says; tried again at `again_at`, `tries` times until now), `posting`, `decision` (it
        did not arrive), or None.
        """
        wanted: LetterListing = load_or_refuse(LetterListingSchema(), arguments)
        rows = letter_list(self.office.service)
        return rows.page(self.office, wanted, status=wanted.status, subject_id=wanted.subject_id)

    @staff_rpc(permission=Permission.LETTER_READ, conceals=True, reads=(PurposeForm,), refuses=OPENS)
    def get_letter(self, letter_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads a letter with addressee and texts, once it is on record who opens it.

        letter_id: as `compose_letter` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `letter_id`, `version`, `status`, `waits_for` (as in `list_letters`), `template`, `about`, `means`,
        `adverse`, `attempts`, `next_attempt_at`, `addressee` (list of lines), `address`, `title`, `body` (list of
        paragraphs), `remedies`, `code_purpose` and `code_state` (`unused`, `used`, `revoked`; None without a code).
        """
        return opened_letter(self.office, self.letters, letter_id, self.actor, purpose)

    @staff_rpc(
        permission=Permission.LETTER_READ, conceals=True, reads=(PurposeForm,), refuses=(*OPENS, LetterFileAbsent)
    )
    def get_letter_file(self, letter_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Gives a letter's file as it was approved last, once it is on record who opens it: to print, or to see.

        letter_id: as `compose_letter` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `file_name`, `media_type` (`application/pdf`) and `content`, the file in base64.
        """
        return letter_file(self.office, self.letters, letter_id, self.actor, purpose)
