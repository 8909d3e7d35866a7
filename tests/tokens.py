"""Actor tokens for tests: good ones, and every kind of bad one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from eventstore.city import City
from eventstore.tokens import Identity, Tokens

HOURS = timedelta(hours=12)


def token_of(
    city: City, *roles: str, staff: UUID | None = None, issued: datetime | None = None, lifetime: timedelta = HOURS
) -> str:
    """A token of the city for someone in these roles (desk_officer unless said otherwise)."""
    identity = Identity(id=staff or uuid4(), roles=roles or ("desk_officer",))
    return Tokens(city.folder / "keys", city.municipality).issue(identity, issued or datetime.now(UTC), lifetime)
