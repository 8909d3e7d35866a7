"""Letters (文書): composed from what was decided, approved with a number, sent by mail; and papers to print."""

from base64 import b64decode
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

from apps.demo.scene import Desk
from apps.demo.showing import say, table

SHOWN: Final = 10
"""Lines of a mail that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """A letter that may go out.

    service: whose letter it is. number: of the document. title: of the proposal. mails: how many had come before.
    """

    desk: Desk
    service: str
    template: str
    number: int
    id: str
    title: str
    mails: int

    def mail_to(self, recipient: str) -> EmailMessage:
        """The letter as it comes to the mail server. Raises TimeoutError."""
        return self.desk.mail.wait(recipient, self.title[:20], self.mails)

    def show(self, mail: EmailMessage) -> None:
        """Shows how the letter arrived, and where its paper lies."""
        rows = [(name, str(mail[head])) for name, head in (("宛先", "To"), ("差出人", "From"), ("件名", "Subject"))]
        table("メールサーバーに届いた文書", ("項目", "内容"), [*rows, ("本文", _beginning(mail))])
        say(f"同じ文書の PDF: {self.printed()}")

    def printed(self) -> Path:
        """The letter's paper, written to a file."""
        told = self.desk.officer.call(f"{self.service}.get_letter_file", letter_id=self.id, purpose="発送の確認")
        return _kept(self.desk, f"{self.template}_{self.number}", told)


def approve(desk: Desk, about: str, title: str, template: str, number: int, **stated: Any) -> Approved:
    """Composes a letter, by mail unless it is stated otherwise, and approves it.

    about: `proposal-<uuid>` or `case-<uuid>`. title: of the proposal, which the letter's subject names. number: of the
    document (文書番号) and of its approval.
    """
    service = "matching" if about.startswith("case-") else "intake"
    composed = desk.officer.command(
        f"{service}.compose_letter", **{"template": template, "about": about, "means": "mail", **stated}
    )
    mails = len(desk.mail.taken)
    desk.chief.command(
        f"{service}.approve_letter",
        letter_id=composed["letter_id"],
        document_number=f"企連第{number}号",
        approver="窓口 責任者",
        approval_reference=f"起案第{number}号",
    )
    return Approved(
        desk=desk, service=service, template=template, number=number, id=composed["letter_id"], title=title, mails=mails
    )


def send(desk: Desk, template: str, proposal_id: str, recipient: str, number: int) -> None:
    """Approves a letter about a proposal, waits for it in the mail server, and shows it."""
    letter = approve(desk, f"proposal-{proposal_id}", desk.titles[proposal_id], template, number)
    letter.show(letter.mail_to(recipient))


def receipt_slip(desk: Desk, proposal_id: str) -> None:
    """Prints the receipt slip (受付票) of a proposal."""
    told = desk.officer.call("intake.get_receipt_slip", proposal_id=proposal_id, purpose="受付票の交付")
    say(f"受付票の PDF: {_kept(desk, 'receipt_slip', told)}")


def text_of(mail: EmailMessage) -> str:
    """A mail's text."""
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content())


def _kept(desk: Desk, name: str, told: dict[str, Any]) -> Path:
    """Writes a file as it was answered; gives its path."""
    path = desk.papers / f"{desk.city.name}_{name}.pdf"
    path.write_bytes(b64decode(told["content"]))
    return path


def _beginning(mail: EmailMessage) -> str:
    """The beginning of a mail's text, without its blank lines."""
    lines = [line for line in text_of(mail).splitlines() if line.strip()]
    return "\n".join([*lines[:SHOWN], "…"])
