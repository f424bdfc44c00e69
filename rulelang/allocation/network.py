"""The allocation of least cost, as a network that a linear program solves in whole numbers.

Clients who are alike in all that matters are one source; each flows to managers who fit or to the waiting list, and
each manager's places are arcs of their own, the next always dearer than the one before, so that load evens out. Costs
put the objectives in their order (`COSTS`): no gain in a later one pays for a loss in an earlier one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from rulelang.allocation.parties import Client, Manager, obstacle, ranks
from rulelang.engine.extras import extra

Signature = tuple[int, frozenset[str], str | None, str | None, str | None, frozenset[str]]

# The next place of a manager costs up to 2, and up to 2 again for a client of the highest priority: moving somebody can
# gain less than 4, so it costs more than that. Taking one client more may move one client of every manager.
MOVE = 5.0


def waiting_cost(rank: int, managers: int) -> float:
    """What it costs to leave a client of the rank'th priority (from 1) waiting."""
    return rank * 2 * (MOVE + 4) * (managers + 2)


@frozen
class Flows:
    """How many clients of each kind go to each manager (by position), and how many wait."""

    kinds: Mapping[Signature, tuple[int, ...]]
    placed: Mapping[tuple[Signature, int], int] = field(factory=dict)


def signature(client: Client) -> Signature:
    """All that matters about a client."""
    return client.rank, client.needs, client.region, client.manager, client.pinned, client.excluded


def cheapest(clients: Sequence[Client], managers: Sequence[Manager]) -> Flows:
    """The flows of least cost. Raises DataError (``missing-extra``) without scipy."""
    optimize = extra("allocate", "scipy.optimize", "rulelang allocate")
    sparse = extra("allocate", "scipy.sparse", "rulelang allocate")
    kinds: dict[Signature, list[int]] = defaultdict(list)
    for position, client in enumerate(clients):
        kinds[signature(client)].append(position)
    order = {rank: number for number, rank in enumerate(ranks(clients), start=1)}
    highest = max(order, default=0)
    several = len(order) > 1
    top_count = sum(len(members) for kind, members in kinds.items() if kind[0] == highest)

    costs: list[float] = []
    bounds: list[float] = []
    entries: list[tuple[int, int, float]] = []  # row of the equations, variable, coefficient
    supply = [len(members) for members in kinds.values()]
    arcs: dict[int, tuple[Signature, int]] = {}

    def variable(cost: float, most: float) -> int:
        costs.append(cost)
        bounds.append(most)
        return len(costs) - 1

    names = {each.name for each in managers}
    loads, tops = len(supply), len(supply) + len(managers)
    for number, (kind, members) in enumerate(kinds.items()):
        rank, _, _, current, pinned, _ = kind
        wait = variable(waiting_cost(order[rank] + (len(order) if pinned else 0), len(managers)), len(members))
        entries.append((number, wait, 1.0))
        for place, manager in enumerate(managers):
            if obstacle(clients[members[0]], manager) or not manager.room:
                continue
            moves = current is not None and current in names and current != manager.name
            flow = variable(MOVE if moves else 0.0, len(members))
            arcs[flow] = (kind, place)
            entries.append((number, flow, 1.0))
            entries.append((loads + place, flow, 1.0))
            if several and rank == highest:
                entries.append((tops + place, flow, 1.0))
    for place, manager in enumerate(managers):
        for taken in range(min(manager.room, len(clients))):
            slot = variable((2 * (manager.load + taken) + 1) / manager.capacity, 1.0)
            entries.append((loads + place, slot, -1.0))
        for taken in range(min(manager.room, top_count) if several else 0):
            slot = variable((2 * taken + 1) / top_count, 1.0)
            entries.append((tops + place, slot, -1.0))

    if not arcs:
        return Flows({kind: tuple(members) for kind, members in kinds.items()})
    rows, columns, values = zip(*entries, strict=True)
    equations = sparse.csr_array((values, (rows, columns)), shape=(tops + len(managers), len(costs)))
    right = [*map(float, supply), *[0.0] * (2 * len(managers))]
    # The simplex method ends at a corner, and the corners of a network are whole numbers.
    found = optimize.linprog(
        costs, A_eq=equations, b_eq=right, bounds=[(0, each) for each in bounds], method="highs-ds"
    )
    if not found.success:
        raise AssertionError(f"a waiting list is always possible: {found.message}")
    placed = {arcs[flow]: round(found.x[flow]) for flow in arcs if found.x[flow] > 0.5}
    return Flows({kind: tuple(members) for kind, members in kinds.items()}, placed)
