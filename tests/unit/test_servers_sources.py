"""A server comes from the first source that has it, and what is set by the environment wins."""

from pathlib import Path

import pytest

from apps.servers import ServersUnavailable
from apps.servers.account import Account
from apps.servers.containers import Image
from apps.servers.kinds import POSTGRES_KIND, RABBITMQ_KIND, Address, Kind, Prepared, management_beside
from apps.servers.postgres import PostgresAddress, PostgresPrograms, PostgresRecipe, shared_buffers
from apps.servers.progress import Progress
from apps.servers.sources import Place, Source, choose


def prepared(origin: str) -> Prepared:
    address = PostgresAddress(port=1, password="secret")
    return Prepared(PostgresRecipe(PostgresPrograms(Path(origin)), address), Path(origin), address)


def no_packages(_folder: Path, _progress: Progress) -> Prepared:
    raise ServersUnavailable("apt-get failed: no network.")


def an_image() -> tuple[Image, Address]:
    return Image("postgres:17", {}, {}), PostgresAddress(port=1, password="secret")


def kind(*, installed: bool, packaged: bool) -> Kind:
    return Kind(
        name="PostgreSQL",
        folder="postgres",
        given=POSTGRES_KIND.given,
        installed=lambda: prepared("/machine") if installed else None,
        from_packages=(lambda _folder, _progress: prepared("/unpacked")) if packaged else no_packages,
        image=an_image,
    )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "packages", tmp_path, Account(), Progress())


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH; programs that the machine is to have are put there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def install(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("#!/bin/sh\necho 28.2\n")
        (folder / name).chmod(0o755)


def test_an_address_in_the_environment_wins_over_the_machine(place: Place) -> None:
    environ = {"DATABASE_URL": "postgresql://there/db"}
    chosen = choose(kind(installed=True, packaged=True), tuple(Source), environ, place)
    assert chosen.variables == environ
    assert chosen.server is None


def test_each_address_counts_for_its_own_server_only() -> None:
    assert POSTGRES_KIND.given({"AMQP_URI": "amqp://there//"}) == {}
    assert RABBITMQ_KIND.given({"DATABASE_URL": "postgresql://there/db"}) == {}


def test_the_machines_own_wins_over_packages(place: Place) -> None:
    chosen = choose(kind(installed=True, packaged=True), tuple(Source), {}, place)
    assert "/machine" in chosen.words


def test_packages_win_over_containers(place: Place, tools: Path) -> None:
    install(tools, "apt-get", "dpkg", "dpkg-query", "docker")
    chosen = choose(kind(installed=False, packaged=True), tuple(Source), {}, place)
    assert "/unpacked" in chosen.words


@pytest.mark.parametrize("apt", [("apt-get", "dpkg", "dpkg-query"), ()])
def test_a_container_serves_where_packages_cannot_be_had(place: Place, tools: Path, apt: tuple[str, ...]) -> None:
    install(tools, "docker", *apt)
    chosen = choose(kind(installed=False, packaged=False), tuple(Source), {}, place)
    assert "a container of postgres:17" in chosen.words


def test_a_docker_command_without_an_engine_does_not_count(place: Place, tools: Path) -> None:
    (tools / "docker").write_text("#!/bin/sh\nexit 1\n")
    (tools / "docker").chmod(0o755)
    with pytest.raises(ServersUnavailable):
        choose(kind(installed=False, packaged=False), tuple(Source), {}, place)


def test_where_nothing_is_to_be_had_one_sentence_says_so_and_why(place: Place, tools: Path) -> None:
    install(tools, "apt-get", "dpkg", "dpkg-query")
    with pytest.raises(ServersUnavailable, match=r"^PostgreSQL is neither .*no network") as refused:
        choose(kind(installed=False, packaged=False), tuple(Source), {}, place)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("uri", "management"),
    [
        ("amqp://u:p@broker:5673//", "http://u:p@broker:15672"),
        ("amqp://broker", "http://broker:15672"),
        ("amqp://u:p@[::1]:5672/vhost", "http://u:p@[::1]:15672"),
    ],
)
def test_the_management_api_is_looked_for_on_the_brokers_host(uri: str, management: str) -> None:
    assert management_beside(uri) == management


def test_a_given_management_address_is_taken_as_it_is() -> None:
    environ = {"AMQP_URI": "amqp://broker//", "RABBITMQ_MANAGEMENT_URL": "http://elsewhere:1"}
    assert RABBITMQ_KIND.given(environ) == environ


@pytest.mark.parametrize(("gibibytes", "mebibytes"), [(24, 1024), (4, 256), (0, 32)])
def test_a_sixteenth_of_memory_is_cache_within_bounds(gibibytes: int, mebibytes: int) -> None:
    assert shared_buffers(gibibytes * 2**30) == mebibytes
