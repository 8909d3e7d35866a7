"""Runs the service matching for every city that this process is given (`RENKEI_CITIES`, all of them unless set)."""

# The first lines of a process: everything after sees green sockets, and psycopg waits without blocking the hub.
import os
import warnings

warnings.filterwarnings("ignore", r"\s*Eventlet is deprecated", Warning)  # known: nameko stands on it (docs/adr/0004)

import eventlet  # noqa: E402 - after its one warning is silenced

eventlet.monkey_patch()
os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"

from eventstore.nameko.serving import serve  # noqa: E402 - after the patch
from services.matching.service import MatchingService  # noqa: E402 - after the patch

if __name__ == "__main__":
    serve(MatchingService)
