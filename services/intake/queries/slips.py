"""Receipt slips (受付票): what the desk prints for a proposer or asker, from what was received."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from desk.office import Office
from desk.openings import opened
from desk.packs import Pack
from desk.packs.codes import Channel, DeadlineCode, DeadlineNature, DeadlineUnit
from desk.wareki import wareki
from eventstore.errors import Refusal
from eventstore.protection import Closed
from eventstore.records import Actor, Recorded, StreamId
from eventstore.store import Stream
from services.intake.domain.inquiry import InquiryReceived
from services.intake.domain.proposal import PROPOSAL, ProposalReceived
from services.intake.domain.receipts import ReceiptKeys, access_code
from services.intake.queries.records import code_generation

UNITS: Final = {
    DeadlineUnit.OPEN_DAYS: "開庁日",
    DeadlineUnit.DAYS: "日",
    DeadlineUnit.MONTHS: "か月",
    DeadlineUnit.YEARS: "年",
}
ASK_US: Final = "今の状況は、受付番号と確認番号により、ポータルサイト又は窓口でお確かめいただけます。"
TAKES_TIME: Final = "調整にお時間をいただく場合があります。目標は、期限をお約束するものではありません。"
CHECKING: Final = (
    "受け付けた本文が後から変わっていないことを、ご自身で確かめるための値です。"
    "乱数（32バイト）のうしろに本文をそのまま続けたものの SHA-256 が、下の値になります（16進数）。"
)
ENTERED: Final = "職員が入力した内容について計算しています。照合は窓口で承ります。"


class ReceiptErased(Refusal):
    """What the slip would show has been erased."""

    code = "receipt_erased"
    sentence = "この受付の記録は消去されているため、受付票を印刷できません。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Where a slip's words come from: the received event, the rules in force when it is printed, and the day."""

    recorded: Recorded
    pack: Pack
    code: str
    pending: bool
    printed_on: date

    @property
    def channel(self) -> Channel | None:
        """How it was handed in, None where it was not (made from something else)."""
        return Channel(self.recorded.channel) if self.recorded.channel else None


Received: TypeAlias = ProposalReceived | InquiryReceived


def slip_of(office: Office, keys: ReceiptKeys, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """The values of the template `receipt_slip`, after it was recorded that the actor opens the record.

    Raises as `opened` does, and `ReceiptErased` where it has been erased.
    """

    def told(read: Stream) -> dict[str, Any]:
        slip = Slip(
            recorded=read.events[0],
            pack=office.pack(),
            code=access_code(keys, stream.id, code_generation(read.events)),
            pending=_is_pending(read.events),
            printed_on=office.today(),
        )
        try:
            return _values(slip)
        except Closed:
            raise ReceiptErased from None

    return opened(office, stream, actor, purpose, told)


def _is_pending(events: Sequence[Recorded]) -> bool:
    """Whether pledges or terms are still to be declared; nobody is asked for any with an inquiry."""
    return events[0].stream.category == PROPOSAL.category and PROPOSAL.fold(events).pledges_pending


def _values(slip: Slip) -> dict[str, Any]:
    event: Received = slip.recorded.event
    desk = slip.pack.desk
    return {
        "title": "受付票",
        "desk": desk.name,
        "receipt_number": event.receipt_number.reveal(),
        "access_code": slip.code,
        "facts": _facts(slip, event),
        "pending": _pending(slip),
        "next": _next(slip, event),
        "nonce": event.content_nonce.reveal(),
        "sha256": event.content_sha256.reveal(),
        "checking": [CHECKING] if slip.channel is Channel.PORTAL else [CHECKING, ENTERED],
        "office": [desk.office, desk.address, f"電話 {desk.phone}", desk.opening.value],
        "printed_on": wareki(slip.printed_on),
    }


def _facts(slip: Slip, event: Received) -> list[tuple[str, str]]:
    came = [("受付日", wareki(event.received_on))]
    if slip.channel:
        came.append(("受付方法", slip.pack.channels[slip.channel].name))
    match event:
        case ProposalReceived():
            terms = f"確認済み（{event.terms_version} 版）" if event.terms_version else "確認待ち"
            return [
                *came,
                ("種類", slip.pack.kinds[event.kind].name),
                ("件名", event.title.reveal()),
                ("提案者", event.proposer_name.reveal()),
                ("ご担当者", event.contact_name.reveal()),
                ("留意事項", terms),
            ]
        case InquiryReceived():
            asker = event.proposer_name.reveal() or event.contact_affiliation.reveal()
            named = [("団体名など", asker)] if asker else []
            return [
                *came,
                ("種類", "相談"),
                ("件名", event.subject.reveal()),
                *named,
                ("お名前", event.contact_name.reveal()),
            ]


def _pending(slip: Slip) -> list[str]:
    """What has still to be declared before acceptance: the city's pledges, in its words."""
    if not slip.pending:
        return []
    pledges = slip.pack.pledges
    texts = [pledges[code].text or "" for code in pledges if code in slip.pack.required_pledges]
    return [f"留意事項（{slip.pack.terms.version} 版）を読みました。", *texts]


def _next(slip: Slip, event: Received) -> list[str]:
    contact = f"{_within(slip.pack, DeadlineCode.FIRST_CONTACT)}、担当者からご連絡します。"
    if isinstance(event, InquiryReceived):
        return [contact, ASK_US]
    answer = f"{_within(slip.pack, DeadlineCode.ANSWER_WITH_REASON)}、理由を付けてお答えします。{TAKES_TIME}"
    return [contact, answer, ASK_US]


def _within(pack: Pack, code: DeadlineCode) -> str:
    """A period in words: a target is called one."""
    deadline = pack.deadlines[code]
    aim = "以内を目標に" if deadline.nature is DeadlineNature.TARGET else "以内に"
    return f"受け付けた日から{deadline.value}{UNITS[deadline.unit]}{aim}"
