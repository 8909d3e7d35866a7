"""Letters (文書): composed from what was decided, approved with a number, sent by mail; and papers to print."""

from base64 import b64decode
from pathlib import Path
from typing import Any

from apps.demo.scene import Desk
from apps.demo.showing import say, table


def send(desk: Desk, template: str, proposal_id: str, recipient: str, number: int) -> None:
    """Composes a letter about a proposal, approves it, waits for it in the mail server, and shows it.

    number: of the document (文書番号) and of its approval.
    """
    about = {"template": template, "about": f"proposal-{proposal_id}", "means": "mail"}
    letter_id = desk.officer.command("intake.compose_letter", **about)["letter_id"]
    desk.chief.command(
        "intake.approve_letter",
        letter_id=letter_id,
        document_number=f"企連第{number}号",
        approver="窓口 責任者",
        approval_reference=f"起案第{number}号",
    )
    mail = desk.mail.wait(recipient, desk.titles[proposal_id][:20])
    rows = [(name, str(mail[head])) for name, head in (("宛先", "To"), ("差出人", "From"), ("件名", "Subject"))]
    table("メールサーバーに届いた文書", ("項目", "内容"), [*rows, ("本文", _text(mail))])
    told = desk.officer.call("intake.get_letter_file", letter_id=letter_id, purpose="発送の確認")
    say(f"同じ文書の PDF: {_kept(desk, template, told)}")


def receipt_slip(desk: Desk, proposal_id: str) -> None:
    """Prints the receipt slip (受付票) of a proposal."""
    told = desk.officer.call("intake.get_receipt_slip", proposal_id=proposal_id, purpose="受付票の交付")
    say(f"受付票の PDF: {_kept(desk, 'receipt_slip', told)}")


def _kept(desk: Desk, name: str, told: dict[str, Any]) -> Path:
    """Writes a file as it was answered; gives its path."""
    path = desk.papers / f"{desk.city.name}_{name}.pdf"
    path.write_bytes(b64decode(told["content"]))
    return path


def _text(mail: Any) -> str:
    """The beginning of a mail's text, without its blank lines."""
    body = mail.get_body(("plain",))
    lines = [line for line in str(body.get_content()).splitlines() if line.strip()]
    return "\n".join([*lines[:8], "…"])
