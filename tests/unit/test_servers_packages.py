"""Of a package and all that it depends on, only what the machine lacks is fetched."""

from apps.servers.packages import POSTGRESQL, RABBITMQ, selected

CLOSURE = [
    ("libc6", "2.36"),
    ("perl", "5.36"),
    ("libllvm14", "14.0"),
    ("libjson-perl", "4.1"),
    ("libpq5", "15.9"),
    ("postgresql-15", "15.9"),
]


def test_the_server_and_libraries_that_the_machine_lacks_are_fetched() -> None:
    assert selected(CLOSURE, POSTGRESQL, frozenset({"libc6"})) == ["libpq5=15.9", "postgresql-15=15.9"]


def test_a_library_that_the_machine_has_is_not_fetched() -> None:
    assert selected(CLOSURE, POSTGRESQL, frozenset({"libc6", "libpq5"})) == ["postgresql-15=15.9"]


def test_the_servers_own_packages_are_fetched_though_the_machine_has_some() -> None:
    closure = [("erlang-base", "25.2"), ("rabbitmq-server", "3.10.8")]
    fetched = selected(closure, RABBITMQ, frozenset({"erlang-base"}))
    assert fetched == ["erlang-base=25.2", "rabbitmq-server=3.10.8"]
