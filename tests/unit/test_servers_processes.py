"""Only processes of ours are ended, with all their descendants, and never a later one with the same pid."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from apps.servers.account import Account, account, reachable
from apps.servers.instances import end_orphans, remember
from apps.servers.processes import Process, descendants, kill, lives, process
from apps.servers.progress import Progress
from apps.servers.slots import slot


def known(pid: int) -> Process:
    found = process(pid)
    assert found is not None
    return found


@pytest.fixture
def family() -> Iterator[tuple[subprocess.Popen[bytes], Process, list[Process]]]:
    """A shell with a child in a session of its own, as PostgreSQL has them."""
    script = "setsid sleep 300 & echo ready; wait"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE) as shell:
        assert shell.stdout is not None
        shell.stdout.readline()
        root = known(shell.pid)
        children = descendants(root)
        yield shell, root, children
        kill([root, *children])


def test_killing_a_process_ends_its_descendants_in_other_sessions_too(
    family: tuple[subprocess.Popen[bytes], Process, list[Process]],
) -> None:
    _, root, children = family
    kill([root])
    assert children
    assert not any(map(lives, [root, *children]))


def test_a_recorded_process_that_still_runs_is_ended(
    family: tuple[subprocess.Popen[bytes], Process, list[Process]], tmp_path: Path
) -> None:
    _, root, _ = family
    remember(tmp_path / "record.json", [root])
    assert end_orphans(tmp_path / "record.json") == 1
    assert not lives(root)


def test_a_later_process_with_a_recorded_pid_is_left_alone(
    family: tuple[subprocess.Popen[bytes], Process, list[Process]], tmp_path: Path
) -> None:
    _, root, _ = family
    remember(tmp_path / "record.json", [replace(root, birth="of an earlier boot")])
    assert end_orphans(tmp_path / "record.json") == 0
    assert lives(root)


def test_an_ended_process_that_nobody_waited_for_does_not_live() -> None:
    with subprocess.Popen(["sleep", "300"]) as sleeper:
        sleeping = known(sleeper.pid)
        kill([sleeping])
        assert not lives(sleeping)


def test_runs_at_the_same_time_get_folders_of_their_own(tmp_path: Path) -> None:
    with slot(tmp_path, "test", Progress()) as first, slot(tmp_path, "test", Progress()) as second:
        assert (first.name, second.name) == ("test", "test.2")


def test_a_folder_is_empty_when_a_run_gets_it(tmp_path: Path) -> None:
    with slot(tmp_path, "test", Progress()) as folder:
        (folder / "postgres").mkdir()
    with slot(tmp_path, "test", Progress()) as again:
        assert again == folder
        assert not (again / "postgres").exists()


def test_an_ordinary_user_runs_servers_itself() -> None:
    assert (account() == Account()) == (os.geteuid() != 0)


def test_servers_get_the_folder_that_was_asked_for(tmp_path: Path) -> None:
    assert reachable(tmp_path / "run", Account()) == tmp_path / "run"


def test_rabbitmqs_scripts_are_spared_a_folder_with_a_space(tmp_path: Path) -> None:
    given = reachable(tmp_path / "with space", Account())
    assert " " not in str(given)
    given.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives servers another account")
def test_root_keeps_servers_out_of_a_folder_that_their_account_cannot_enter(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    given = reachable(tmp_path / "run", account())
    assert account().can_reach(given)
    given.rmdir()
