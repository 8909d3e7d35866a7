"""A part of the system without a city to serve says so and ends; it does not run on idly."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from apps.cli.__main__ import main
from apps.cli.serve import PARTS
from tests.cities import ROOT


@pytest.mark.parametrize("module", PARTS.values())
def test_a_part_without_a_city_ends_at_once_and_says_why(module: str, tmp_path: Path) -> None:
    environment = {**os.environ, "RENKEI_HOME": str(tmp_path), "RENKEI_CITIES": ""}

    command = [sys.executable, "-m", module]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)

    (line,) = (json.loads(line) for line in ended.stderr.splitlines() if line.startswith("{"))
    assert (ended.returncode, line["event"], line["code"]) == (1, "no city to serve", "city_not_found")


@pytest.mark.parametrize("command", [("serve",), ("health", "relay")], ids=" ".join)
def test_a_command_without_a_city_is_refused(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENKEI_HOME", str(tmp_path))
    monkeypatch.setenv("RENKEI_CITIES", "")

    refused = CliRunner().invoke(main, command)

    assert refused.exit_code == 1
    assert "(city_not_found)" in refused.stderr
