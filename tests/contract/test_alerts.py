"""`docs/alerts.yml` has the form of a Prometheus rule file, and asks for metrics that there are.

The form: Prometheus documentation, "Alerting rules" and "Recording rules"; the names: "Metric and label naming".
"""

import re
from typing import Any, Final

import pytest
import yaml

from apps.watch.metrics import CITY, GAUGES, UP
from tests.cities import ROOT

FILE: Final = yaml.safe_load((ROOT / "docs" / "alerts.yml").read_text(encoding="utf-8"))
RULES: Final[list[dict[str, Any]]] = [rule for group in FILE["groups"] for rule in group["rules"]]
OPERATIONS: Final = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
LABELS: Final = {UP: {CITY}} | {gauge.name: {CITY, *gauge.labels} for gauge in GAUGES}
DURATION: Final = r"([0-9]+(ms|[smhdwy]))+"
METRIC: Final = r"\brenkei_[a-z_]+\b"

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])


def test_the_file_is_groups_of_rules() -> None:
    assert set(FILE) == {"groups"}
    for group in FILE["groups"]:
        assert set(group) == {"name", "rules"}
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))


@each_rule
def test_a_rule_has_threshold_time_severity_and_words(rule: dict[str, Any]) -> None:
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"Renkei[A-Za-z]+", rule["alert"])
    assert re.fullmatch(DURATION, rule["for"])
    assert re.search(r"(==|>) [0-9]+$|^absent\(", rule["expr"])
    assert rule["labels"].keys() == {"severity"}
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"].keys() == {"summary", "chapter"}


@each_rule
def test_a_rule_asks_for_metrics_and_labels_that_there_are(rule: dict[str, Any]) -> None:
    metrics = re.findall(METRIC, rule["expr"])
    assert metrics
    assert set(metrics) <= set(LABELS)
    matched = set(re.findall(r"(\w+)=\"", rule["expr"])) | set(re.findall(r"(?:by|ignoring) \((\w+)\)", rule["expr"]))
    shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    for metric in metrics:
        assert matched | shown <= LABELS[metric]
    assert rule["expr"].count("(") == rule["expr"].count(")")


@each_rule
def test_a_rule_names_its_chapter_in_the_operations_page(rule: dict[str, Any]) -> None:
    page, chapter = rule["annotations"]["chapter"].split(", Alarms: ")

    assert page == "docs/operations.md"
    assert f"\n### {chapter}\n" in OPERATIONS.lower()


def test_metrics_are_named_as_prometheus_wants_it() -> None:
    for gauge in GAUGES:
        assert re.fullmatch(r"renkei(_[a-z]+)+", gauge.name)
        assert gauge.name.endswith("_seconds") == ("_age_" in gauge.name), "a unit in full, and the base unit"
        assert not gauge.name.endswith(("_total", "_count", "_sum", "_bucket", "_info")), "suffixes of other types"
        assert gauge.help.endswith(".")
        assert all(re.fullmatch(r"[a-z]+", label) for label in gauge.labels)
