"""How staff tools call a service: errors cross as one of six types, with code and sentence, never with a traceback."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from types import TracebackType
from typing import Any, Final, TypeAlias, TypeVar, cast

import structlog
from kombu import Connection
from kombu.message import Message
from nameko.constants import AUTH_TOKEN_CONTEXT_KEY, HEADER_PREFIX
from nameko.exceptions import MethodNotFound
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, register_entrypoint
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer

from eventstore.errors import (
    Forbidden,
    InvalidMessage,
    KeyUnavailable,
    NotFound,
    Refusal,
    RenkeiError,
    StreamConflict,
    Unavailable,
)
from eventstore.execution import VersionExpected
from eventstore.nameko.frames import UncompressedMessage, consuming

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]
JSON: Final = "application/json"
F = TypeVar("F", bound=Callable[..., Any])
CROSSING: Final = (Refusal, StreamConflict, InvalidMessage, NotFound, Forbidden, Unavailable)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMethod:
    """Decorator of a method that staff tools call, and what the method says of itself.

    permission: what the caller's roles must allow. conceals: who lacks it is told `NotFound`, as for what is absent.
    takes: the marshmallow schema of its keyword arguments, where its signature does not list them. reads: the schemas
    that single arguments are read with. refuses: the errors of its own that it may end in. problems: the codes of what
    it may find wrong with a field beside its schemas; their sentences are the schemas'.

    The method runs only for whoever has the permission, with `self.actor` set. Its service has `token` (the call's) and
    `office`, whose `acting(token, permission)` and `reading(token, permission)` give the actor or raise.
    """

    permission: StrEnum
    conceals: bool = False
    takes: type | None = None
    reads: tuple[type, ...] = ()
    refuses: tuple[type[RenkeiError], ...] = ()
    problems: tuple[str, ...] = ()

    def __call__(self, function: F) -> F:
        """The method, which asks for the permission before anything else."""

        @wraps(function)
        def permitted(service: Any, /, *args: Any, **kwargs: Any) -> Any:
            ask = service.office.reading if self.conceals else service.office.acting
            service.actor = ask(service.token, self.permission)
            return function(service, *args, **kwargs)

        register_entrypoint(permitted, StaffRpc(self))
        return cast(F, permitted)


class ForeignCalls(QueueConsumer):
    """nameko's queue consumer, safe against what strangers call properties, and against bodies that unpack to more."""

    @property
    def connection(self) -> Connection:
        """kombu's: the connection to consume from."""
        return consuming(self.amqp_uri)

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        channel.auto_decode, channel.Message = False, UncompressedMessage
        return super().get_consumers(consumer_cls, channel)


class AnswerableRpcConsumer(RpcConsumer):
    """nameko's RPC consumer, which would end its container over a call that it cannot answer as it came."""

    queue_consumer = ForeignCalls()

    def handle_message(self, body: object, message: Message) -> None:
        """Hands a call on; one without `reply_to` is dropped, since nobody could hear a refusal."""
        if not message.properties.get("reply_to"):
            log.warning("call without reply_to dropped")
            self.queue_consumer.ack_message(message)
            return
        if message.content_type != JSON:  # nobody answers in a serialiser of the caller's choice
            body = None
            message.properties["content_type"] = JSON
        super().handle_message(body, message)

    def handle_result(self, message: Message, result: Any, exc_info: ExcInfo | None) -> Any:
        """Answers; an error crosses in our own words."""
        return super().handle_result(message, result, exc_info and _crossing(exc_info))


class StaffRpc(Rpc):
    """A method that staff tools call; of a call's headers only the actor token is read."""

    rpc_consumer = AnswerableRpcConsumer()

    def __init__(self, declared: StaffMethod, **options: Any) -> None:
        super().__init__(expected_exceptions=RenkeiError, **options)
        self.declared = declared

    def check_signature(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Raises `InvalidMessage` where the arguments are not the method's own."""
        method = getattr(self.container.service_cls, self.method_name)
        try:
            inspect.signature(method).bind(None, *args, **kwargs)
        except TypeError:
            raise InvalidMessage("引数の名前か数が、このメソッドのものと合いません。", code="arguments") from None

    def handle_message(self, body: object, message: Message) -> None:
        match body:
            case {"args": list(), "kwargs": dict()}:
                super().handle_message(body, message)
            case _:
                raise InvalidMessage("呼び出しの形式が正しくありません。")

    def unpack_message_headers(self, message: Message) -> dict[str, Any]:
        """What the worker is told of the call's headers."""
        token = message.headers.get(f"{HEADER_PREFIX}.{AUTH_TOKEN_CONTEXT_KEY}")
        return {AUTH_TOKEN_CONTEXT_KEY: token}


staff_rpc: Final = StaffMethod
"""The declaration as one writes it above a method, in nameko's own manner: `@staff_rpc(permission=…)`."""


def staff_methods(service: type) -> dict[str, StaffMethod]:
    """The methods of a nameko service that staff tools call, by name."""
    found = {}
    for name, function in inspect.getmembers(service, inspect.isfunction):
        for entrypoint in getattr(function, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            if isinstance(entrypoint, StaffRpc):
                found[name] = entrypoint.declared
    return found


def sentence(error: RenkeiError) -> str:
    """What a person reads: our own machinery is told in one fixed sentence, and in the log."""
    match error:
        case VersionExpected():
            return error.message
        case StreamConflict():
            return "ほかの変更と重なりました。もう一度お試しください。"
        case KeyUnavailable():
            return "暗号鍵を使えないため、処理できません。システムの担当者に連絡してください。"
        case Unavailable() if error.stable_code == "database_unavailable":
            return "データベースに接続できません。しばらくしてから、もう一度お試しください。"
        case _:
            return error.message


def _crossing(exc_info: ExcInfo) -> ExcInfo:
    """The same error as one of the six types that cross, or as a fault without any inside."""
    error = exc_info[1]
    for known in CROSSING:
        if isinstance(error, known):
            crossed = known(sentence(error), code=error.stable_code)
            crossed.args = (*crossed.args, *error.crossing)
            return (known, crossed, None)
    if isinstance(error, MethodNotFound):
        return (NotFound, NotFound("このメソッドはありません。", code="method_not_found"), None)
    log.error("a call ended in a fault", error=type(error).__name__)
    fault = Unavailable("内部の誤りで処理できませんでした。時間をおいて、もう一度お試しください。", code="fault")
    return (Unavailable, fault, None)
