"""Whether the right departments are suggested, how long one proposal takes, and whether earlier cases slow it down."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from random import Random
from statistics import median
from time import perf_counter
from typing import Final
from uuid import UUID, uuid4

from apps.servers import Servers
from benchmarks.figures import Figure
from benchmarks.matching import ground
from benchmarks.matching.proposals import Half, Proposal, hits, pack, proposals
from benchmarks.matching.rankings import led_by_the_right, ours, shared_words
from benchmarks.racing import Tell
from benchmarks.scale import Scale
from desk.office import Office
from eventstore.database import Connection
from services.matching.queries.suggestions import duties_of, earlier_cases
from services.matching.suggesting.ranking import ranked
from services.matching.suggesting.words import words_of

BARS: Final = (("first", 1, 0.6), ("among three", 3, 0.85))
GROWTH_AT_MOST: Final = 1.5
WANTED: Final = 5
VOCABULARY, OTHER_WORDS, AT_ONCE = 50_000, 20, 5_000
"""Made-up words in all and in each case, beside those of a sample; cases that are copied in at once."""
SEED: Final = 20261122


def suggestions(servers: Servers, scale: Scale, tell: Tell) -> Iterator[Figure]:
    """How often it is right, on the half that nothing was tuned by; then the time, with many earlier cases and few."""
    yield from found_right()
    with _after(servers, scale.few_cases, tell) as few, _after(servers, scale.many_cases, tell) as many:
        tell("suggesting departments")
        times: tuple[list[float], list[float]] = ([], [])
        for one in islice(cycle(proposals(Half.HELD_OUT)), scale.pages + 2):  # in turn: the machine's drift cancels
            for office, kept in zip((many, few), times, strict=True):
                kept.append(_milliseconds(office, one))
        ours, peer = (median(one[2:]) for one in times)
    yield Figure(
        what=f"suggesting departments, a proposal after {scale.many_cases:,} cases against after {scale.few_cases:,}",
        ours=f"{ours:.1f} ms",
        peer=f"{peer:.1f} ms",
        ratio=ours / peer,
        at_most=GROWTH_AT_MOST,
    )


def found_right() -> Iterator[Figure]:
    """For how many proposals a right department is first, and among three, beside counting shared words."""
    held_out, earlier = proposals(Half.HELD_OUT), led_by_the_right(proposals(Half.TUNING))
    for what, first, at_least in BARS:
        right, counted = hits(held_out, ours(), first), hits(held_out, shared_words(), first)
        yield Figure(
            what=f"suggested departments, the right one is {what}, beside counting shared words",
            ours=f"{right} of {len(held_out)}",
            peer=f"{counted} of {len(held_out)}",
            ratio=right / len(held_out),
            at_least=at_least,
        )
    then = [f"{hits(held_out, ours(earlier), first)} of {len(held_out)}" for _, first, _ in BARS]
    yield Figure(what="suggested departments after 30 earlier cases, first, among three", ours=", ".join(then))


def _milliseconds(office: Office, proposal: Proposal) -> float:
    """For one proposal: its words, who led earlier cases with them, the rank."""
    began = perf_counter()
    words = words_of(proposal.texts)
    ranked(words, duties_of(pack()), earlier_cases(office, pack(), words), WANTED)
    return (perf_counter() - began) * 1e3


@contextmanager
def _after(servers: Servers, count: int, tell: Tell) -> Iterator[Office]:
    """An office after so many cases, each led by some department and with the words of a sample, and others."""
    random = Random(SEED)  # noqa: S311 - the same each time
    samples = [sorted({word.form for word in words_of(one.texts)}) for one in proposals(Half.TUNING)]
    departments = list(pack().departments)
    with ground.office(servers) as (office, administrator):
        tell(f"suggesting departments: {count:,} cases to be filled in")
        for first in range(0, count, AT_ONCE):
            keys = [uuid4() for _ in range(min(AT_ONCE, count - first))]
            _copy_keys(administrator, keys)
            into = "matching_terms (case_id, key_id, department, terms)"
            with administrator.cursor().copy(f"COPY {into} FROM STDIN") as copying:
                for key in keys:
                    others = {f"語{random.randrange(VOCABULARY)}" for _ in range(OTHER_WORDS)}
                    row = (uuid4(), key, random.choice(departments), [*random.choice(samples), *sorted(others)])
                    copying.write_row(row)
        administrator.execute("VACUUM ANALYZE matching_terms, matching_term_counts")
        yield office


def _copy_keys(administrator: Connection, keys: list[UUID]) -> None:
    into = "data_keys_intake (id, category, stream_id, class_group, master_key, wrapped)"
    with administrator.cursor().copy(f"COPY {into} FROM STDIN") as copying:
        for key in keys:
            copying.write_row((key, "proposal", uuid4(), "business", key, b""))
