"""What the timeline says of what companies send later, made of open fields alone."""

from collections.abc import Mapping
from typing import Any, Final

from desk.history import Sentence
from desk.portal.submissions import Matter

MATTERS: Final[Mapping[str, str]] = {Matter.MINUTES: "議事録についての提案者の回答"}


def _taken(fields: Mapping[str, Any], _: str) -> str:
    return f"{MATTERS[fields['matter']]}を、ポータルで受け付けました。"


SENTENCES: Final[Mapping[str, Sentence]] = {"LaterSubmissionTaken": _taken}
