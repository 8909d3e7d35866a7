"""What the parts of a portal's message are called that every service reads alike, and what is said of a wrong one."""

from typing import Final

from desk import forms

LABELS: Final = {
    **forms.LABELS,
    "id": "送信ID",
    "source": "送信元",
    "type": "種類",
    "time": "送信日時",
    "specversion": "形式の版",
    "datacontenttype": "データの形式",
    "data": "本文",
    "municipality": "自治体コード",
    "proof": "本人確認",
    "proof.receipt_number": "受付番号",
    "proof.access_code": "確認番号",
    "proof.one_time_code": "お知らせに記載の番号",
}

SENTENCES: Final = {
    **forms.SENTENCES,
    "other_municipality": "ほかの自治体あての内容です。送り先をお確かめください。",
    "portal_mismatch": "送信元の表示が、送信したポータルと一致しません。",
    "unknown_type": "この種類のメッセージは受け付けていません。",
    "type_mismatch": "メッセージの種類が、配信の宛先と一致しません。",
    "not_supported": "この形式の版には対応していません。",
    "too_large": "メッセージが大きすぎます（{limit}バイト以内にしてください）。",
    "duplicate_key": "{label}が二度書かれています。一つにしてください。",
    "too_deep": "{label}の入れ子が深すぎます。",
    "submission_id_reused": "この送信IDは、別の内容ですでに使われています。最初に受け付けた内容が有効です。",
    "proof_incomplete": "受付番号と確認番号の両方か、お知らせに記載の番号のどちらか一方を入力してください。",
    "proof_not_accepted": "番号を確認できませんでした。番号をお確かめになるか、窓口にお問い合わせください。",
}

WORDS: Final = forms.Words(labels=LABELS, sentences=SENTENCES)
