"""What every list takes: how many, from where on, and what it has to show."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from desk.forms.fields import Id, Stream, Version, Whole
from desk.forms.form import Form, Part, optional
from eventstore.following.freshness import AtLeast

PAGE, LONGEST_PAGE = 50, 200  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of a list. limit: rows at most. after: where the page before ended. at_least: an event that it must show.

    A service extends it with what its list is filtered by.
    """

    limit: int
    after: UUID | None
    at_least: AtLeast | None


class AtLeastForm(Form):
    """An event as a command named it: its stream and its version there."""

    makes = AtLeast
    stream = Stream(required=True)
    version = Version(required=True)


class ListForm(Form):
    """A question for a page of a list; a service's form has its own filters too."""

    makes: ClassVar[type[Any]] = Listing
    limit = Whole(1, LONGEST_PAGE, load_default=PAGE)
    after = optional(Id())
    at_least = optional(Part(AtLeastForm))
