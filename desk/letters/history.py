"""History: one plain sentence for each event of a letter, made of open fields alone."""

from collections.abc import Mapping
from typing import Any, Final

from desk.history import Sentence, always, wareki_of

WAYS: Final = {"mail": "メール", "post": "郵送"}


def _composed(fields: Mapping[str, Any], _: str) -> str:
    code = "一回限りの番号を付けています。" if fields["code_purpose"] else ""
    adverse = "教示を付けています。" if fields["adverse"] else ""
    return f"{WAYS[fields['means']]}で送る文書を作成しました。{adverse}{code}"


def _approved(fields: Mapping[str, Any], _: str) -> str:
    again = f"（{fields['series']}回目）" if fields["series"] > 1 else ""
    return f"{wareki_of(fields, 'issued_on')}付けの文書として、送付を決裁しました{again}。"


def _dispatched(fields: Mapping[str, Any], _: str) -> str:
    return f"文書をメールで送付しました（送信{fields['attempt']}回目）。"


def _dispatch_failed(fields: Mapping[str, Any], _: str) -> str:
    code = "" if fields["smtp_code"] is None else f"、応答コード{fields['smtp_code']}"
    then = "自動では送り直しません。" if fields["permanent"] else "時間をおいて送り直します。"
    return f"メールを送れませんでした（送信{fields['attempt']}回目{code}）。{then}"


def _bounced(fields: Mapping[str, Any], _: str) -> str:
    return f"メールが宛先に届かず、{wareki_of(fields, 'bounced_on')}に戻ってきました。"


def _posted(fields: Mapping[str, Any], _: str) -> str:
    return f"文書を{wareki_of(fields, 'posted_on')}に郵送しました。"


def _returned(fields: Mapping[str, Any], _: str) -> str:
    return f"郵送した文書が{wareki_of(fields, 'returned_on')}に戻ってきました。"


def _readdressed(fields: Mapping[str, Any], _: str) -> str:
    return f"文書の宛先を改めました（{WAYS[fields['means']]}）。改めて決裁を受けます。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "LetterComposed": _composed,
    "LetterApproved": _approved,
    "LetterDispatched": _dispatched,
    "LetterDispatchFailed": _dispatch_failed,
    "LetterBounced": _bounced,
    "LetterPosted": _posted,
    "LetterReturned": _returned,
    "LetterReaddressed": _readdressed,
    "LetterCancelled": always("文書の送付を取り消しました。"),
    "OneTimeCodeUsed": always("文書に付けた一回限りの番号が使われました。"),
    "OneTimeCodeRevoked": always("文書に付けた一回限りの番号を、使えないようにしました。"),
}
"""Event type → its sentence, for the timeline of a letter's stream."""
