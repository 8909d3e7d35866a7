"""A private RabbitMQ with its management API: every port on loopback, cookie, settings and epmd of its own."""

import base64
import http.client
import secrets
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path

from apps.servers.account import Account
from apps.servers.addresses import LOOPBACK, free_ports, reply
from apps.servers.errors import ServersUnavailable
from apps.servers.instances import Program

_DEBIAN_SERVER = "usr/lib/rabbitmq/bin/rabbitmq-server"
_DEBIAN_ERLANG = "usr/lib/erlang"
_GREETING = b"AMQP\x00\x00\x09\x01"
_METHOD_FRAME = b"\x01"

CONSUMER_TIMEOUT = 3_600_000
"""Milliseconds that a consumer may hold a message unacknowledged: the portal entrypoint holds up to 15 minutes."""

MAX_MESSAGE_SIZE = 1_048_576
"""Bytes."""


@dataclass(frozen=True, slots=True)
class RabbitPrograms:
    """Where RabbitMQ's own start script (not Debian's wrapper, which wants root) and Erlang's root lie."""

    server: Path
    erlang: Path
    library_path: str = ""

    def environment(self) -> dict[str, str]:
        """What finds Erlang."""
        environment = {"PATH": f"{self.erlang / 'bin'}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        return environment | ({"LD_LIBRARY_PATH": self.library_path} if self.library_path else {})

    def epmd(self) -> Path | None:
        """Erlang's port mapper; None where Erlang is incomplete."""
        return next(iter(sorted(self.erlang.glob("erts-*/bin/epmd"))), None)


def installed_rabbitmq() -> RabbitPrograms | None:
    """The machine's own RabbitMQ, from PATH or from Debian's place; None if it or Erlang is missing."""
    erl = shutil.which("erl")
    if erl is None:
        return None
    on_path = shutil.which("rabbitmq-server")
    scripts = [Path(on_path)] if on_path else []
    for script in (*scripts, Path("/") / _DEBIAN_SERVER):
        server = script.resolve()
        found = RabbitPrograms(server, Path(erl).resolve().parent.parent)
        if server.exists() and (server.parent / "rabbitmq-env").exists() and found.epmd():
            return found
    return None


def unpacked_rabbitmq(root: Path, library_path: str) -> RabbitPrograms:
    """RabbitMQ in a folder of unpacked packages; Erlang's start script is told where it lies now.

    Raises ServersUnavailable if a part is missing.
    """
    found = RabbitPrograms((root / _DEBIAN_SERVER).resolve(), root / _DEBIAN_ERLANG, library_path)
    script = found.erlang / "bin/erl"
    if not found.server.exists() or not script.exists() or found.epmd() is None:
        raise ServersUnavailable("The packages hold no complete RabbitMQ.")
    text = script.read_text()
    moved = text.replace(f"ROOTDIR=/{_DEBIAN_ERLANG}\n", f'ROOTDIR="{found.erlang}"\n')
    if moved != text:
        script.write_text(moved)
    return found


@dataclass(frozen=True, slots=True)
class InnerPorts:
    """Where a private RabbitMQ's own parts speak to each other."""

    distribution: int
    epmd: int


@dataclass(frozen=True, slots=True)
class RabbitAddress:
    """Where a RabbitMQ of ours listens, and its administrator's password."""

    amqp: int = field(default_factory=lambda: free_ports(1)[0])
    management: int = field(default_factory=lambda: free_ports(1)[0])
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    def variables(self) -> dict[str, str]:
        """The addresses of the default vhost and of the management API, as programs find them in their environment."""
        return {
            "AMQP_URI": f"amqp://admin:{self.password}@{LOOPBACK}:{self.amqp}//",
            "RABBITMQ_MANAGEMENT_URL": f"http://admin:{self.password}@{LOOPBACK}:{self.management}",
        }

    def answers(self) -> bool:
        """Whether both the broker and its management API take requests."""
        return reply(self.amqp, _GREETING).startswith(_METHOD_FRAME) and self._administers()

    def _administers(self) -> bool:
        credentials = base64.b64encode(f"admin:{self.password}".encode()).decode()
        connection = http.client.HTTPConnection(LOOPBACK, self.management, timeout=5)
        try:
            connection.request("GET", "/api/overview", headers={"Authorization": f"Basic {credentials}"})
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class RabbitRecipe:
    """How a private RabbitMQ is set up and run."""

    found: RabbitPrograms
    address: RabbitAddress = field(default_factory=RabbitAddress)
    inner_ports: InnerPorts = field(default_factory=lambda: InnerPorts(*free_ports(2)))
    cookie: str = field(default_factory=lambda: secrets.token_hex(20))
    node: str = field(default_factory=lambda: f"renkei-{secrets.token_hex(4)}@localhost")
    name: str = "RabbitMQ"
    stop_signal: signal.Signals = signal.SIGTERM

    def prepare(self, folder: Path, account: Account) -> None:
        """Writes settings and the cookie, unless they are there."""
        for name in ("home", "data", "logs"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
            account.give(folder / name)
        _write(folder / "home/.erlang.cookie", self.cookie, 0o400, account)
        _write(folder / "rabbitmq.conf", self._settings(), 0o600, account)
        _write(folder / "enabled_plugins", "[rabbitmq_management].\n", 0o600, account)

    def programs(self, folder: Path) -> list[Program]:
        """A port mapper of its own, which so ends with it, and the broker."""
        environment = self.found.environment() | self._environment(folder)
        mapper = [str(self.found.epmd()), "-address", LOOPBACK, "-port", str(self.inner_ports.epmd)]
        return [Program(mapper, environment), Program([str(self.found.server)], environment)]

    def _environment(self, folder: Path) -> dict[str, str]:
        return {
            "HOME": str(folder / "home"),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(self.inner_ports.epmd),
            "RUNNING_UNDER_SYSTEMD": "true",  # the script then becomes the broker instead of its parent
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_DIST_PORT": str(self.inner_ports.distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "data/generated"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_PID_FILE": str(folder / "data/pid"),
        }

    def _settings(self) -> str:
        settings = {
            "listeners.tcp.1": f"{LOOPBACK}:{self.address.amqp}",
            "management.tcp.ip": LOOPBACK,
            "management.tcp.port": self.address.management,
            "management.rates_mode": "basic",
            "default_vhost": "/",
            "default_user": "admin",
            "default_pass": self.address.password,
            "default_user_tags.administrator": "true",
            "max_message_size": MAX_MESSAGE_SIZE,
            "consumer_timeout": CONSUMER_TIMEOUT,
            "log.console": "false",
            "log.file": "rabbitmq.log",
            "log.file.level": "warning",
        }
        return "".join(f"{name} = {value}\n" for name, value in settings.items())


def _write(path: Path, text: str, mode: int, account: Account) -> None:
    if path.exists():
        return
    path.touch(mode=0o600)
    path.write_text(text)
    path.chmod(mode)
    account.give(path)
