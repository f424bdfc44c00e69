"""The allocation against every possible one, on cases small enough to try them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product

import hypothesis.strategies as st
from hypothesis import given, settings

from rulelang.allocation.allocate import allocate
from rulelang.allocation.parties import Client, Manager, obstacle

NAMES = ("Ann", "Bo", "Cy")
SKILLS = st.frozensets(st.sampled_from(["loans", "trade"]), max_size=2)
REGIONS = st.sampled_from(["north", "south"])

MANAGERS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 1), st.frozensets(REGIONS, max_size=1), SKILLS), min_size=1, max_size=3
).map(lambda found: [Manager(name, *each) for name, each in zip(NAMES, found, strict=False)])
CLIENTS = st.lists(
    st.builds(
        Client,
        row=st.just(1),
        rank=st.integers(1, 3),
        needs=st.frozensets(st.sampled_from(["loans"]), max_size=1),
        region=st.none() | REGIONS,
        manager=st.none() | st.sampled_from([*NAMES, "Di"]),
        pinned=st.none() | st.none() | st.none() | st.sampled_from(NAMES),
        excluded=st.frozensets(st.sampled_from(NAMES), max_size=1),
    ),
    max_size=4,
)


def score(chosen: Sequence[str | None], clients: Sequence[Client], managers: Sequence[Manager]) -> tuple[float, ...]:
    """The objectives in their order, less is better."""
    names = {each.name for each in managers}
    ranks = sorted({each.rank for each in clients}, reverse=True)
    unserved = Counter((each.pinned is None, each.rank) for who, each in zip(chosen, clients, strict=True) if not who)
    waiting = [unserved[free, rank] for free in (False, True) for rank in ranks]
    moved = sum(
        who is not None and each.manager in names and each.manager != who
        for who, each in zip(chosen, clients, strict=True)
    )
    loads = Counter(chosen)
    uneven = sum((each.load + loads[each.name]) ** 2 / each.capacity for each in managers if each.capacity)
    top = [who for who, each in zip(chosen, clients, strict=True) if each.rank == ranks[0]] if len(ranks) > 1 else []
    spread = sum(count**2 / len(top) for who, count in Counter(top).items() if who is not None) if top else 0.0
    return *waiting, moved, round(uneven + spread, 6)


def possible(clients: Sequence[Client], managers: Sequence[Manager]) -> list[tuple[str | None, ...]]:
    options = [[None, *(each.name for each in managers if not obstacle(client, each))] for client in clients]
    room = {each.name: each.room for each in managers}
    return [each for each in product(*options) if all(n <= room[who] for who, n in Counter(each).items() if who)]


@settings(deadline=None, max_examples=300)
@given(CLIENTS, MANAGERS)
def test_no_other_allocation_is_better(clients: list[Client], managers: list[Manager]) -> None:
    allocation = allocate(clients, managers)
    chosen = tuple(each.manager for each in allocation.placements)
    everything = possible(clients, managers)
    assert chosen in everything
    if clients:
        assert score(chosen, clients, managers) == min(score(each, clients, managers) for each in everything)


@settings(deadline=None, max_examples=100)
@given(CLIENTS, MANAGERS)
def test_a_second_run_moves_nobody(clients: list[Client], managers: list[Manager]) -> None:
    from attrs import evolve

    first = allocate(clients, managers)
    again = [evolve(each.client, manager=each.manager) for each in first.placements]
    second = allocate(again, managers)
    assert [each.manager for each in second.placements] == [each.manager for each in first.placements]
    assert second.moved == 0


def test_shares_say_who_came_and_who_left() -> None:
    managers = [Manager("Ann", 2), Manager("Bo", 2, load=1)]
    clients = [Client(2, 1, manager="Ann"), Client(3, 1, manager="Ann"), Client(4, 2, manager="Ann")]
    allocation = allocate(clients, managers)
    ann, bo = allocation.shares
    assert (ann.before, ann.after, ann.left, bo.before, bo.after, bo.came) == (3, 2, 1, 1, 2, 1)
    assert (allocation.moved, allocation.spread, allocation.waiting) == (1, (1.0, 1.0), ())


def test_the_waiting_list_is_by_priority() -> None:
    clients = [Client(2, 1), Client(3, 3), Client(4, 2), Client(5, 1)]
    allocation = allocate(clients, [Manager("Ann", 1)])
    assert [each.client.row for each in allocation.waiting] == [4, 2, 5]
    assert allocate(clients, [Manager("Ann", 0)]).waiting[0].client.row == 3
