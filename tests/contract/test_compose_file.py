"""`docker-compose.yml` and `Dockerfile` against the compose specification's rules and our own, without an engine."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from apps.cli.serve import PARTS
from apps.composition import SERVICES
from apps.provisioning.database import RELAY, WATCH
from apps.servers.postgres import PostgresPrograms, PostgresRecipe
from apps.servers.rabbitmq import CONSUMER_TIMEOUT, MAX_MESSAGE_SIZE
from tests.cities import ROOT
from tests.compose import FILE, IMAGE_ENTRYPOINT, Composition, VariableMissing, composition, variables_named

REQUIRED: Final = {
    "POSTGRES_PASSWORD": "secret-p",
    "RABBITMQ_PASSWORD": "secret-r",
    "RENKEI_CITIES": "aomori,tokorozawa",
}
COMPOSE: Final = composition(REQUIRED)
OURS: Final = sorted(COMPOSE.ours)
SERVING: Final = sorted(name for name, service in COMPOSE.ours.items() if "healthcheck" in service)
ADMINISTRATORS: Final = {"DATABASE_URL", "AMQP_URI", "RABBITMQ_MANAGEMENT_URL"}

TOP_LEVEL: Final = {"name", "include", "services", "models", "networks", "volumes", "secrets", "configs"}
SERVICE_KEYS: Final[dict[str, type | tuple[type, ...]]] = {
    "build": (str, dict), "cap_drop": list, "command": (list, str), "configs": list, "depends_on": dict,
    "entrypoint": (list, str), "environment": dict, "healthcheck": dict, "hostname": str, "image": str,
    "logging": dict, "networks": list, "ports": list, "profiles": list, "read_only": bool, "restart": str,
    "security_opt": list, "shm_size": str, "stop_grace_period": str, "stop_signal": str, "tmpfs": (list, str),
    "ulimits": dict, "volumes": list,
}  # fmt: skip
"""What of the specification's service keys is used, and its types; a further one is added here by hand."""
HEALTH_KEYS: Final = {"test", "interval", "timeout", "retries", "start_period"}
CONDITIONS: Final = {"service_started", "service_healthy", "service_completed_successfully"}
RESTARTS: Final = r"no|always|unless-stopped|on-failure(:\d+)?"
DURATION: Final = r"(\d+h)?(\d+m)?(\d+s)?(\d+ms)?"
IMAGE: Final = r"[a-z0-9]+([._/-][a-z0-9]+)*:\d+[\w.-]*"
"""A short image name with a tag that begins with a version: no registry's address, nothing floating."""
NAME: Final = r"[a-zA-Z0-9._-]+"
BESIDE: Final = {"relay": ["apps/ledger.py"]}
"""What a part reads settings in, beside its own folder and what services share."""
SECONDS: Final = {"h": 3600, "m": 60, "s": 1}

DOCKERFILE: Final = (ROOT / "Dockerfile").read_text(encoding="utf-8")
RUN_LOCK: Final = ROOT / "requirements-run.lock"


class WithoutRepetition(yaml.SafeLoader):
    """Refuses a mapping that says a key twice, of which PyYAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if key.value != "<<"]
        assert len(keys) == len(set(keys)), f"said twice: {keys} {node.start_mark}"
        return super().construct_mapping(node, deep=deep)


def test_a_composition_is_read_as_an_engine_reads_it() -> None:
    """Of the reader itself: anchors merge, `$$` is a dollar sign, defaults hold."""
    assert isinstance(COMPOSE, Composition)
    assert COMPOSE.services["intake"]["environment"]["RENKEI_CITIES"] == "aomori,tokorozawa"
    assert COMPOSE.services["migrate"]["environment"]["RENKEI_APPROVER"] == ""
    assert "${RENKEI_APPROVER:?" in COMPOSE.arguments("migrate")[-1]
    assert "$$" not in COMPOSE.arguments("migrate")[-1]


def test_no_key_is_said_twice() -> None:
    yaml.load(FILE.read_text(encoding="utf-8"), WithoutRepetition)  # noqa: S506 - a safe loader, but stricter


def test_the_top_level_is_the_specification_s() -> None:
    assert {key for key in COMPOSE.content if not key.startswith("x-")} <= TOP_LEVEL
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", COMPOSE.content["name"])


@pytest.mark.parametrize("name", COMPOSE.services)
def test_a_service_has_known_keys_of_the_right_type(name: str) -> None:
    service = COMPOSE.services[name]

    assert re.fullmatch(NAME, name)
    for key, value in service.items():
        assert isinstance(value, SERVICE_KEYS[key]), key
    assert re.fullmatch(IMAGE, service["image"])
    assert re.fullmatch(RESTARTS, service["restart"])
    assert _seconds(service["stop_grace_period"]) > 0
    for key in ("command", "entrypoint"):
        assert all(isinstance(word, str) for word in service.get(key, []))
    for value in service["environment"].values():
        assert isinstance(value, str), "YAML would make a number or a truth value of it"


@pytest.mark.parametrize("name", [name for name, service in COMPOSE.services.items() if "healthcheck" in service])
def test_a_health_check_is_well_formed(name: str) -> None:
    check = COMPOSE.services[name]["healthcheck"]

    assert set(check) == HEALTH_KEYS
    kind, *arguments = check["test"]
    assert kind in ("CMD", "CMD-SHELL")
    assert arguments
    assert kind == "CMD" or len(arguments) == 1
    assert all(isinstance(argument, str) for argument in arguments)
    assert isinstance(check["retries"], int)
    assert _seconds(check["timeout"]) <= _seconds(check["interval"]) <= _seconds(check["start_period"])


def test_services_wait_for_what_can_come_true() -> None:
    services = COMPOSE.services
    for name, service in services.items():
        for other, wanted in service.get("depends_on", {}).items():
            assert set(wanted) == {"condition"}
            assert wanted["condition"] in CONDITIONS
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in services[other], f"{name} waits for the health of {other}"
            if wanted["condition"] == "service_completed_successfully":
                assert services[other]["restart"] == "no", f"{name} waits for the end of {other}"
            assert "profiles" not in services[other], f"{other} is not started with {name}"
    TopologicalSorter({name: service.get("depends_on", {}) for name, service in services.items()}).prepare()


@pytest.mark.parametrize("kind", ["volumes", "networks", "configs"])
def test_what_is_referred_to_is_declared_and_the_other_way_round(kind: str) -> None:
    declared = set(COMPOSE.content[kind])

    assert {source for service in COMPOSE.services.values() for source in _sources(service.get(kind, []))} == declared


def test_the_files_named_are_there() -> None:
    for config in COMPOSE.content["configs"].values():
        assert (ROOT / config["file"]).is_file()


def test_every_part_of_the_system_has_a_service_of_its_own() -> None:
    """One process a container, and none forgotten."""
    served = {name: COMPOSE.arguments(name) for name in SERVING}

    assert served == {part: ["python", "-m", module] for part, module in PARTS.items()}
    for name in SERVING:
        assert COMPOSE.health_check(name) == ["renkei", "health", name]


def test_every_service_of_the_composition_is_a_part_of_the_system() -> None:
    assert set(PARTS) == {*(service.name for service in SERVICES), RELAY, WATCH}


def test_all_of_ours_run_one_image_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert {(service["image"], service["build"]) for service in COMPOSE.ours.values()} == {(f"renkei:{version}", ".")}


@pytest.mark.parametrize("name", OURS)
def test_a_process_of_ours_may_do_no_more_than_it_needs(name: str) -> None:
    service = COMPOSE.services[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["networks"] == (["inside", "watching"] if "ports" in service else ["inside"])
    assert COMPOSE.content["networks"]["inside"] == {"internal": True}
    cities, *checkpoints = service["volumes"]
    assert cities == f"cities:{service['environment']['RENKEI_HOME']}{':ro' if name in SERVING else ''}"
    outside = service["environment"].get("RENKEI_CHECKPOINTS")
    assert checkpoints == ([f"checkpoints:{outside}"] if outside else [])


def test_only_portals_and_the_watch_have_a_port_and_on_loopback_only() -> None:
    published = {name: service["ports"] for name, service in COMPOSE.services.items() if "ports" in service}

    assert published == {
        "rabbitmq": [{"target": 5672, "host_ip": "127.0.0.1", "published": "5672"}],
        "watch": [{"target": 9465, "host_ip": "127.0.0.1", "published": "9465"}],
    }
    assert COMPOSE.services["watch"]["environment"]["RENKEI_WATCH_PORT"] == "9465"


@pytest.mark.parametrize("missing", REQUIRED)
def test_nothing_starts_without_a_required_variable(missing: str) -> None:
    with pytest.raises(VariableMissing, match=missing):
        composition({name: value for name, value in REQUIRED.items() if name != missing})


def test_a_password_has_no_default() -> None:
    for name, kind in variables_named():
        assert (kind == ":?") == (name in REQUIRED), name


@pytest.mark.parametrize("name", OURS)
def test_a_process_of_ours_gets_every_setting_that_it_reads_and_no_other(name: str) -> None:
    given = set(COMPOSE.services[name]["environment"])

    if name in SERVING:
        its_own = PARTS[name].replace(".", "/")
        assert given == set(_settings_read("eventstore", "desk", "services", its_own, *BESIDE.get(name, ())))
    else:
        in_its_words = set(re.findall(r"\b(RENKEI_[A-Z]+)\b", " ".join(COMPOSE.arguments(name))))
        read = set(_settings_read("apps/cli", "apps/ledger.py", "eventstore", "desk", "services"))
        assert given == read | in_its_words


def test_no_service_gets_an_administrator_s_address() -> None:
    for name in SERVING:
        assert not ADMINISTRATORS & set(COMPOSE.services[name]["environment"])
        assert "secret-" not in json.dumps(COMPOSE.services[name])


def test_postgresql_has_the_settings_of_the_private_instance() -> None:
    [private] = PostgresRecipe(PostgresPrograms(Path("/"))).programs(Path("/"))
    of_the_machine = {"listen_addresses", "port", "unix_socket_directories", "shared_buffers"}
    settings = dict(argument.split("=") for argument in private.arguments if "=" in argument)

    program, *arguments = COMPOSE.services["postgres"]["command"]

    assert program == "postgres"
    assert {argument.removeprefix("-c") for argument in arguments} == {
        f"{name}={value}" for name, value in settings.items() if name not in of_the_machine
    }


def test_rabbitmq_has_the_limits_of_the_private_instance() -> None:
    lines = (ROOT / "compose" / "rabbitmq.conf").read_text(encoding="utf-8").splitlines()
    settings = dict(line.split(" = ") for line in lines if line and not line.startswith("#"))

    assert settings["max_message_size"] == str(MAX_MESSAGE_SIZE)
    assert settings["consumer_timeout"] == str(CONSUMER_TIMEOUT)
    assert not any(name.startswith("default_") for name in settings), "user and password come from the environment"


def test_the_image_runs_renkei_as_an_ordinary_user() -> None:
    *_, user, entrypoint = DOCKERFILE.strip().splitlines()

    assert re.fullmatch(r"USER [1-9]\d*:[1-9]\d*", user)
    assert entrypoint == f"ENTRYPOINT {json.dumps(IMAGE_ENTRYPOINT)}"
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"python:3.13-slim-trixie"}
    assert "HEALTHCHECK" not in DOCKERFILE


def test_the_image_installs_the_runtime_lock_by_its_digests() -> None:
    assert "--require-hashes --no-deps --requirement /build/requirements-run.lock" in DOCKERFILE
    assert "://" not in DOCKERFILE + RUN_LOCK.read_text(encoding="utf-8")


def test_the_image_holds_every_package_of_ours() -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    packages = {pattern.removesuffix("*") for pattern in found["find"]["include"]}

    assert sent == packages | {"municipalities", RUN_LOCK.name}
    assert all((ROOT / name).exists() for name in sent)


def test_the_runtime_lock_is_a_part_of_the_whole_one() -> None:
    """`make lock` makes both; what only developers need is not in the image."""
    whole, running = _locked(ROOT / "requirements.lock"), _locked(RUN_LOCK)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {_distribution(requirement) for requirement in project["dependencies"]}

    assert needed <= running.keys()
    assert running.items() <= whole.items()
    assert not {"pytest", "mypy", "ruff", "hypothesis", "pip"} & running.keys()


def _sources(references: list[Any]) -> Iterator[str]:
    """What of the file a service's volumes, networks or configs refer to."""
    for reference in references:
        yield reference["source"] if isinstance(reference, dict) else reference.split(":")[0]


def _seconds(duration: str) -> int:
    assert duration
    assert re.fullmatch(DURATION, duration), duration
    return sum(int(count) * SECONDS[unit] for count, unit in re.findall(r"(\d+)([hms])", duration))


def _settings_read(*places: str) -> Iterator[str]:
    """The variables that these folders and files read by environs: `env.str("NAME")`, `Env().path("NAME", …)`."""
    for place in places:
        at = ROOT / place
        for path in [at] if at.is_file() else at.rglob("*.py"):
            yield from _settings_read_in(path)


@cache
def _settings_read_in(path: Path) -> tuple[str, ...]:
    content = path.read_text(encoding="utf-8")
    if not re.search(r"\benv\b|\bEnv\b", content):
        return ()
    return tuple(name for node in ast.walk(ast.parse(content)) for name in _setting_read_by(node))


def _setting_read_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=source), args=[ast.Constant(value=str(name)), *_]):
            if ast.unparse(source) in ("env", "Env()"):
                yield name


def _locked(path: Path) -> dict[str, str]:
    """Version by package, whatever it is needed for."""
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def _distribution(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower()
