"""Which services there are: the one list that provisioning, serving and the command line share."""

from typing import Final

from services.administration import projections as administration_history
from services.administration.declaration import ADMINISTRATION
from services.intake import projections as intake_history
from services.intake.declaration import INTAKE
from services.matching import projections as matching_history
from services.matching.declaration import MATCHING

SERVICES: Final = (ADMINISTRATION, INTAKE, MATCHING)
SENTENCES: Final = {
    **administration_history.SENTENCES,
    **intake_history.SENTENCES,
    **matching_history.SENTENCES,
}
