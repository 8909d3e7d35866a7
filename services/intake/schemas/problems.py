"""Intake's words: what its fields are called, and what a proposer reads where one is wrong."""

from typing import Final

from desk import forms
from desk.portal import words
from eventstore.errors import FieldError

LABELS: Final = {
    **words.LABELS,
    "kind": "提案の区分",
    "call_id": "募集",
    "title": "件名",
    "summary": "提案の概要",
    "problem": "解決したい課題",
    "purposes": "目的",
    "proposer": "提案者",
    "proposer.kind": "提案者の区分",
    "proposer.name": "提案者の名称",
    "proposer.corporate_number": "法人番号",
    "proposer.corporate_number_absent_reason": "法人番号がない理由",
    "proposer.address": "所在地",
    "proposer.representative": "代表者",
    "contact": "連絡先",
    "contact.department": "担当部署",
    "contact.affiliation": "所属",
    "contact.name": "担当者の氏名",
    "contact.phone": "電話番号",
    "contact.email": "メールアドレス",
    "merits": "メリット",
    "merits.city": "市のメリット",
    "merits.citizens": "市民のメリット",
    "merits.proposer": "提案者のメリット",
    "roles": "役割分担",
    "roles.city": "市の役割",
    "roles.proposer": "提案者の役割",
    "support_wanted": "市に希望する支援",
    "period": "実施期間",
    "place": "実施場所",
    "cost": "費用",
    "cost.total_yen": "費用の総額",
    "cost.city_share_yen": "市の負担額",
    "cost.bearer": "費用の負担者",
    "indicators": "成果指標",
    "indicators.name": "成果指標の名称",
    "indicators.baseline": "成果指標の現状値",
    "indicators.target": "成果指標の目標値",
    "track_record": "実績",
    "handles_personal_data": "個人情報の取扱い",
    "third_party_ip": "第三者の知的財産権",
    "confidential": "非公開を希望する箇所",
    "confidential.field": "非公開を希望する項目",
    "confidential.reason": "非公開を希望する理由",
    "confidential.on_condition_of_non_publication": "公にしないとの条件",
    "may_be_published": "公表の可否",
    "pledges": "誓約・確認事項",
    "terms_version": "留意事項の版",
    "attachments": "添付ファイル",
    "subject": "件名",
    "content": "内容",
    "channel": "受付方法",
    "received_at": "受け取った日時",
    "receipt_number": "受付番号",
    "access_code": "確認番号",
    "proposal_id": "提案ID",
    "status": "状態",
}

SENTENCES: Final = {
    **words.SENTENCES,
    "not_13_digits": "法人番号は13桁の数字で入力してください。",
    "check_digit": "法人番号が正しくありません。検査用数字が合いません。入力の誤りがないかお確かめください。",
    "corporate_number_required": "法人番号を入力してください。法人番号がない場合は、その理由を入力してください。",
    "phone": "電話番号の形式が正しくありません。市外局番から入力してください（例：017-000-0000）。",
    "phone_or_email_required": "電話番号かメールアドレスのどちらかを入力してください。",
    "call_required": "課題提案の場合は、どの募集への提案かを選んでください。",
    "call_not_wanted": "自由提案の場合は、募集を指定しないでください。",
    "call_unknown": "指定された募集は見つかりません。",
    "call_closed": "この募集は、{detail}に締め切りました。",
    "attachment_unknown": "添付ファイルはまだ受け付けていません。添付せずにお送りください。",
    "city_share_above_total": "市の負担額が費用の総額を超えています。",
    "pledge_missing": "次の事項を確認し、チェックを入れてください：{detail}",
    "terms_version": "留意事項が新しくなっています。最新の版（{detail}）をご確認のうえ、もう一度お送りください。",
    "channel_not_accepted": "この受付方法では受け付けていません。",
    "reason_required": "過去の日時で記録する場合は、理由を入力してください。",
}

WORDS: Final = forms.Words(labels=LABELS, sentences=SENTENCES)


class Problem(forms.Problem):
    """A problem that intake finds beside its forms."""

    __slots__ = ()

    def at(self, field: str, words: forms.Words = WORDS) -> FieldError:
        """The problem at a field, in intake's words."""
        return super().at(field, words)
