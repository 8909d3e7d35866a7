"""What a proposer is known and reached by: numbers as people type them, normalised."""

import unicodedata
from typing import Any, Final

import phonenumbers
from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.jp import cn

from desk.forms import problem
from desk.forms.fields import Line

REGION: Final = "JP"


class CorporateNumber(Line):
    """法人番号: 13 digits with check digit, in any width and with hyphens (法人番号の指定等に関する省令2条)."""

    codes = (*Line.codes, "not_13_digits", "check_digit")

    def __init__(self, **options: Any) -> None:
        super().__init__(40, **options)

    def normalised(self, value: str) -> str:
        narrow = unicodedata.normalize("NFKC", value)
        return "".join(c for c in narrow if not (c.isspace() or unicodedata.category(c) == "Pd" or c in "−ー"))

    def checked(self, value: str) -> str:
        if len(value) != 13 or not (value.isascii() and value.isdigit()):
            raise problem("not_13_digits")
        try:
            return str(cn.validate(value))
        except NumberInvalid:
            raise problem("check_digit") from None


class Phone(Line):
    """A telephone number, in any width, kept as it is dialled in Japan, abroad with its country code."""

    codes = (*Line.codes, "phone")

    def __init__(self, **options: Any) -> None:
        super().__init__(60, **options)

    def normalised(self, value: str) -> str:
        return unicodedata.normalize("NFKC", value).strip().replace("ー", "-").replace("内線", " ext. ")

    def checked(self, value: str) -> str:
        try:
            number = phonenumbers.parse(value, REGION)
        except phonenumbers.NumberParseException:
            raise problem("phone") from None
        if not phonenumbers.is_possible_number(number):
            raise problem("phone")
        home = number.country_code == phonenumbers.country_code_for_region(REGION)
        form = phonenumbers.PhoneNumberFormat
        written = phonenumbers.format_number(number, form.NATIONAL if home else form.INTERNATIONAL)
        return written.replace(" ext. ", " 内線")
