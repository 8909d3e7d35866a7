"""A letter is set in type off the hub: whoever else calls the service is answered meanwhile."""

from typing import Any

import eventlet

from desk.windows.letters.desk import typeset

VALUES: dict[str, Any] = {
    "document_number": "青連第12号",
    "issued_on": "令和8年11月22日",
    "addressee": ["架空商店街 御中"],
    "issuer": ["青森市長"],
    "title": "件名",
    "body": ["本文。"],
    "attachments": [],
    "remedies": None,
    "enquiries": ["窓口"],
}


def test_others_go_on_while_a_letter_is_set_in_type() -> None:
    answered: list[bool] = []
    eventlet.spawn(answered.append, True)

    file = typeset("letter", VALUES)

    assert answered
    assert file.startswith(b"%PDF")
