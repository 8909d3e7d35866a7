"""Companies and their offers as they are stated, for tests."""

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from desk.packs.codes import ProposerKind
from services.intake.domain.company.commands import ChangeCompany, Profile, RegisterCompany
from services.intake.domain.content import Contact, Proposer
from services.intake.domain.offer.commands import Offeror, OfferText, PostOffer
from services.intake.domain.party_rules import PartyRules

DAY: Final = date(2026, 11, 22)
NUMBER, OTHER_NUMBER = "4011001098993", "7123456789012"
COMPANY_ID, REPRESENTATIVE_ID, CONTACT_ID, CALL_ID, LETTER_ID, OFFER_ID = (UUID(int=n) for n in range(1, 7))
SENT_ON: Final = "個人の方は、広聴の窓口へお越しください。"
RULES: Final = PartyRules(
    subjects=frozenset({"snow", "tourism", "digital"}), sent_on={ProposerKind.INDIVIDUAL: SENT_ON}
)
YUKIMICHI: Final = Proposer(
    kind=ProposerKind.CORPORATION,
    name="株式会社ゆきみち",
    corporate_number=NUMBER,
    corporate_number_absent_reason=None,
    address="青森市架空一丁目",
    representative="工藤 一",
)
HASEGAWA: Final = Contact(affiliation="営業部", name="長谷川 美咲", phone="017-700-7777", email="h@yuki.example.jp")
PROFILE: Final = Profile(
    proposer=YUKIMICHI, contact=HASEGAWA, subjects=("snow", "tourism"), strengths="除雪の見える化が得意です。"
)
TEXT: Final = OfferText(
    subjects=("snow",),
    until=date(2026, 12, 31),
    title="雪道センサーを貸します",
    description="一冬無償で貸し出します。",
    wanted="実証の場所",
)


def register(profile: Profile = PROFILE, **changed: Any) -> RegisterCompany:
    """A company that wants notices, unless told otherwise."""
    command = RegisterCompany(
        company_id=COMPANY_ID,
        representative_id=REPRESENTATIVE_ID,
        contact_id=CONTACT_ID,
        profile=profile,
        wants_notices=True,
        registered_on=DAY,
        number_taken=False,
        rules=RULES,
    )
    return replace(command, **changed)


def change(profile: Profile = PROFILE, **changed: Any) -> ChangeCompany:
    """The profile anew, under other ids for whoever is another person."""
    command = ChangeCompany(
        company_id=COMPANY_ID,
        representative_id=UUID(int=102),
        contact_id=UUID(int=103),
        profile=profile,
        changed_on=DAY,
        number_taken=False,
        rules=RULES,
    )
    return replace(command, **changed)


def post(text: OfferText = TEXT, **changed: Any) -> PostOffer:
    """An offer of a party that stands in no register."""
    command = PostOffer(
        offer_id=OFFER_ID,
        offeror=Offeror(company_id=None, proposer=YUKIMICHI, contact=HASEGAWA),
        is_registered=False,
        text=text,
        today=DAY,
        rules=RULES,
    )
    return replace(command, **changed)


def stated(name: str = "株式会社ゆきみち", number: str | None = NUMBER, **changed: Any) -> dict[str, Any]:
    """A profile as staff tools state it."""
    return {
        "proposer": {
            "kind": "corporation",
            "name": name,
            "corporate_number": number,
            "corporate_number_absent_reason": None if number else "外国の法人",
            "address": "青森市架空一丁目",
        },
        "contact": {"department": "営業部", "name": "長谷川 美咲", "email": "h@yuki.example.jp"},
        "subjects": ["tourism"],
        **changed,
    }
