"""Work off the hub: others go on meanwhile, and what comes of it comes back."""

import threading

import eventlet
import pytest

from eventstore.nameko import off_hub


def test_others_go_on_while_it_works() -> None:
    go_on = threading.Event()
    eventlet.spawn(go_on.set)

    assert off_hub(go_on.wait, timeout=30)


def test_it_works_in_a_thread_of_the_system_s() -> None:
    assert off_hub(threading.get_native_id) != threading.get_native_id()


def test_what_it_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        off_hub(int, "x")
