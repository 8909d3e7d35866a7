"""History as a projection: one plain sentence for each event, from its open fields alone."""

from collections.abc import Mapping
from typing import Any, Final

from desk import access
from desk.history import Sentence, wareki_of


def _pack_adopted(fields: Mapping[str, Any], _: str) -> str:
    since = wareki_of(fields, "effective_from")
    return f"運用ルール{fields['pack_version']}版を採用しました。{since}から有効です。"


def _closed_days_adopted(fields: Mapping[str, Any], _: str) -> str:
    since = wareki_of(fields, "effective_from")
    return f"閉庁日の暦{fields['calendar_version']}版を採用しました。{since}以後の日について有効です。"


def _portal_admitted(fields: Mapping[str, Any], _: str) -> str:
    return f"ポータル「{fields['name']}」からの受付を認めました。"


def _staff_registered(fields: Mapping[str, Any], _: str) -> str:
    return f"職員を登録しました（所属：{fields['department']}）。"


def _staff_roles_changed(fields: Mapping[str, Any], _: str) -> str:
    return f"職員の所属と役割を変更しました（所属：{fields['department']}）。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "PackAdopted": _pack_adopted,
    "ClosedDaysAdopted": _closed_days_adopted,
    "PortalAdmitted": _portal_admitted,
    "StaffRegistered": _staff_registered,
    "StaffRolesChanged": _staff_roles_changed,
    **access.SENTENCES,
}
"""Event type → its sentence from open fields and channel. Sealed fields are not opened for a timeline."""
