"""The closed list of what a role may be allowed to do."""

import re

from desk.permissions import Permission


def test_every_permission_names_a_subject_and_an_act() -> None:
    for permission in Permission:
        assert re.fullmatch(r"[a-z]+\.[a-z]+", permission), permission
