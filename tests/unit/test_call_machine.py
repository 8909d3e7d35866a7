"""A call against a simple model, in memory."""

from hypothesis import settings

from tests.call_machine import CallMachine

TestCallMachine = CallMachine.TestCase
TestCallMachine.settings = settings(stateful_step_count=40)
