"""The way of a city's cases, act by act: from the search for departments to the proposers' answers."""

from collections.abc import Sequence

from apps.demo.cases.answers import answer
from apps.demo.cases.assignment import assign
from apps.demo.cases.case import Case, opened
from apps.demo.cases.dialogue import talk
from apps.demo.cases.feasibility import agree, decide, give_opinions
from apps.demo.cases.promises import promise
from apps.demo.scene import Desk
from apps.demo.showing import heading


def carry_on(desk: Desk, samples: Sequence[str]) -> dict[str, Case]:
    """Takes the cases of these samples as far as examples/cases/ says; gives them by sample."""
    cases = [opened(desk, sample) for sample in samples]
    heading(f"{desk.name}: 担当課の候補と打診")
    for case in cases:
        assign(case)
    heading(f"{desk.name}: 提案者との対話と議事録")
    talk(_with("dialogue", cases))
    heading(f"{desk.name}: 目標と役割分担の合意")
    for case in _with("agreement", cases):
        agree(case)
        promise(case)
    heading(f"{desk.name}: 担当課の意見と、実施の可否の決定")
    give_opinions(_with("opinions", cases))
    decide(_with("decision", cases))
    heading(f"{desk.name}: 提案者への回答")
    answer(_with("letter", cases))
    return {case.sample: case for case in cases}


def _with(act: str, cases: Sequence[Case]) -> list[Case]:
    """The cases of which something is told in an act."""
    return [case for case in cases if act in case.plan]
