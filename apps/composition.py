"""Which services there are: the one list that provisioning, serving and the command line share."""

from typing import Final

from services import administration, intake

SERVICES: Final = (administration.SERVICE, intake.SERVICE)
