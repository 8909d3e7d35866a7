"""History: every event of every service has a sentence of its own, in that service's words."""

from typing import Any

import pytest

from apps.composition import SENTENCES, SERVICES
from services.intake.projections import SENTENCES as OF_INTAKE
from services.matching.projections import SENTENCES as OF_MATCHING

DECLARED = [declared for service in SERVICES for declared in service.events]


@pytest.mark.parametrize("declared", DECLARED, ids=lambda one: f"{one.category}-{one.name}")
def test_every_event_has_a_sentence(declared: Any) -> None:
    assert declared.name in SENTENCES[declared.category]


def test_what_two_services_call_alike_each_tells_in_its_own_words() -> None:
    assert SENTENCES["offer"]["OfferWithdrawn"] is OF_INTAKE["OfferWithdrawn"]
    assert SENTENCES["case"]["OfferWithdrawn"] is OF_MATCHING["OfferWithdrawn"]
