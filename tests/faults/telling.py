"""Letters in courses: composed, approved and sent."""

from uuid import UUID, uuid5

from apps.ledger import ZONE
from eventstore.clock import now
from tests.faults.steps import Steps, command


def told_by_letter(service: str, about: str, template: str, means: str) -> Steps:
    """A letter of a service about one of its streams. means: by mail, or by post, which somebody records."""
    subject = UUID(about.partition("-")[2])
    asked = {"template": template, "about": about, "means": means}
    told = yield command(f"{service}.compose_letter", uuid5(subject, "compose_letter"), **asked)
    letter_id = told["letter_id"]
    approval = {"document_number": f"企連第{letter_id[:13]}号", "approver": "室長", "approval_reference": "起案第1号"}
    yield command(f"{service}.approve_letter", uuid5(UUID(letter_id), "approve"), letter_id=letter_id, **approval)
    if means == "post":
        posted = {"letter_id": letter_id, "posted_on": now().astimezone(ZONE).date().isoformat()}
        yield command(f"{service}.record_posting", uuid5(UUID(letter_id), "post"), **posted)


def letter_story(means: str) -> list[str]:
    """The types of the events that the letter's stream has in the end."""
    return ["LetterComposed", "LetterApproved", "LetterDispatched" if means == "mail" else "LetterPosted"]
