"""Statistics from the log: what came in, what became of it and how long it took, each number under its question."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from psycopg.rows import dict_row

from desk.figures import Labels, told
from desk.office import Office
from desk.packs import Pack
from desk.wareki import wareki
from services.intake.domain import figures
from services.intake.domain.figures import Figure
from services.intake.domain.inquiry import INQUIRY, InquiryStatus
from services.intake.domain.matters import Matter
from services.intake.domain.proposal import PROPOSAL, Status
from services.intake.domain.proposal.origin import Origin
from services.intake.projections.statistics import STATISTICS
from services.intake.schemas.statistics import StatisticsWanted

OUTCOMES: Final[Labels] = {
    figures.OPEN: "審査中",
    Status.ACCEPTED: "受理",
    Status.INELIGIBLE: "対象外",
    Status.REDIRECTED: "ほかの手続きを案内",
    Status.WITHDRAWN: "取下げ",
    Status.MERGED: "ほかの提案に統合",
    Status.SPLIT: "分割",
}
INQUIRY_OUTCOMES: Final[Labels] = {
    InquiryStatus.RECEIVED: "未回答",
    InquiryStatus.ANSWERED: "回答済み",
    InquiryStatus.CONVERTED: "提案として受付",
    InquiryStatus.CLOSED: "終了",
}
STATUSES: Final = {PROPOSAL.category: Status, INQUIRY.category: InquiryStatus}
"""Category → what its matters' statuses are read as."""
ORIGINS: Final[Labels] = {
    figures.BY_ITSELF: "そのままの提案",
    Origin.INQUIRY: "相談から",
    Origin.SPLIT: "提案の分割から",
}
ACQUAINTANCES: Final[Labels] = {figures.NEW: "初めての提案者", figures.RETURNING: "以前にも提案のあった提案者"}


def statistics_of(office: Office, wanted: StatisticsWanted) -> dict[str, Any]:
    """`figures`, each with `code`, `question` and `rows` (`code`, `label`, `count`, `median_days`, `ninetieth_days`,
    `waiting`, `part`, `percent`), and `as_of`: how much of the log they show."""
    as_of = office.freshness.of(STATISTICS)
    matters = _matters(office, wanted)
    pack = office.pack()
    shown = [_told(figure, matters, pack) for figure in Figure if not wanted.by or figure in wanted.by]
    return {"figures": shown, "as_of": asdict(as_of)}


def _told(figure: Figure, matters: Sequence[Matter], pack: Pack) -> dict[str, Any]:
    labels = _labels(figure, matters, pack)
    return told(figure, figures.QUESTIONS[figure], figures.numbers(figure, matters, list(labels)), labels)


def _labels(figure: Figure, matters: Sequence[Matter], pack: Pack) -> Labels:
    match figure:
        case Figure.PROPOSALS_BY_MONTH | Figure.INQUIRIES_BY_MONTH:
            category = PROPOSAL.category if figure is Figure.PROPOSALS_BY_MONTH else INQUIRY.category
            return {code: _month(code) for code in figures.months([one for one in matters if one.matter == category])}
        case Figure.PROPOSALS_BY_KIND | Figure.DAYS_BY_KIND | Figure.ANSWER_BY_KIND | Figure.REALISED_BY_KIND:
            return {code: kind.name for code, kind in pack.kinds.items()}
        case Figure.PROPOSALS_BY_PURPOSE:
            return {code: purpose.value for code, purpose in pack.purposes.items()}
        case Figure.PROPOSALS_BY_CHANNEL | Figure.INQUIRIES_BY_CHANNEL | Figure.INQUIRY_ANSWER_BY_CHANNEL:
            return {code: channel.name for code, channel in pack.channels.items()}
        case (
            Figure.PROPOSALS_BY_PROPOSER
            | Figure.DAYS_BY_PROPOSER
            | Figure.ANSWER_BY_PROPOSER
            | Figure.REALISED_BY_PROPOSER
        ):
            return {code: proposer.name for code, proposer in pack.proposers.items()}
        case (
            Figure.PROPOSALS_BY_ACQUAINTANCE
            | Figure.DAYS_BY_ACQUAINTANCE
            | Figure.ANSWER_BY_ACQUAINTANCE
            | Figure.REALISED_BY_ACQUAINTANCE
        ):
            return ACQUAINTANCES
        case Figure.PROPOSALS_BY_ORIGIN:
            return ORIGINS
        case Figure.PROPOSALS_BY_OUTCOME:
            return OUTCOMES
        case Figure.INQUIRIES_BY_OUTCOME:
            return INQUIRY_OUTCOMES


def _month(code: str) -> str:
    """令和8年11月."""
    return wareki(date.fromisoformat(f"{code}-01")).partition("月")[0] + "月"


def _matters(office: Office, wanted: StatisticsWanted) -> list[Matter]:
    """One statement: all numbers are of the same moment."""
    with office.database.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT matter, status, kind, origin, purposes, proposer_kind, has_proposed_before, channel, received_on,"
            " decided_on, answered_on, days_returned, outcome FROM intake_statistics"
            " WHERE received_on BETWEEN coalesce(%s::date, '-infinity') AND coalesce(%s::date, 'infinity')",
            (wanted.received_from, wanted.received_to),
        ).fetchall()
    return [_matter(row) for row in rows]


def _matter(row: Mapping[str, Any]) -> Matter:
    status = STATUSES[row["matter"]](row["status"])
    return Matter(**{**row, "status": status, "purposes": tuple(row["purposes"])})
