"""Addresses as people type them, normalised."""

import unicodedata
from typing import Any

from email_validator import EmailNotValidError, validate_email

from desk.forms.fields import Line
from desk.forms.problems import problem


class Email(Line):
    """A mail address, in any width; whether it can be reached is not asked."""

    codes = (*Line.codes, "email")

    def __init__(self, **options: Any) -> None:
        super().__init__(254, **options)

    def normalised(self, value: str) -> str:
        return unicodedata.normalize("NFKC", value).strip()

    def checked(self, value: str) -> str:
        try:
            return validate_email(value, check_deliverability=False).normalized
        except EmailNotValidError:
            raise problem("email") from None
