"""Gives clients to managers by the four principles: priority first, fair load, clients spread, people's word respected.

    allocation = allocate(clients, managers)
    allocation.placements[0].manager, allocation.placements[0].reason

In this order, and a later objective never at the price of an earlier one:

1. pins and exclusions hold, needs and regions fit, nobody has more clients than places;
2. as many clients as possible of the highest priority have somebody, then of the next, and so on; the others wait;
3. as few clients as possible change hands;
4. load is even (in proportion to capacity), and clients of the highest priority are spread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

from rulelang.allocation.network import Signature, cheapest
from rulelang.allocation.parties import Client, Manager, obstacle, ranks

# Why a client is where they are, or waits.
PINNED, STAYS, PLACED = "pinned", "stays", "placed"
MOVED_GONE, MOVED_MISFIT, MOVED_FULL = "moved-gone", "moved-misfit", "moved-full"
WAITS_PIN_UNKNOWN, WAITS_MISFIT, WAITS_FULL = "waits-pin-unknown", "waits-misfit", "waits-full"


@frozen
class Placement:
    """Where a client goes: the manager, or None for the waiting list, and why.

    ``fitting`` is how many managers with places could have taken the client (of one who waits and whom only managers
    without places could have taken: these), ``misfit`` what kept them from the one they had, or from all: ``skill``,
    ``region``, ``excluded``.
    """

    client: Client
    manager: str | None
    reason: str
    fitting: int
    misfit: str = ""


@frozen
class Share:
    """One manager's part: clients before and after (with the load from elsewhere), and of the highest priority."""

    manager: Manager
    before: int
    after: int
    top: int
    came: int
    left: int

    @property
    def use(self) -> float | None:
        """The share of places taken, None without places."""
        return self.after / self.manager.capacity if self.manager.capacity else None


@frozen
class Allocation:
    """Where everybody goes, in the order of the clients, and what each manager has."""

    placements: tuple[Placement, ...]
    shares: tuple[Share, ...]

    @property
    def waiting(self) -> tuple[Placement, ...]:
        """The waiting list: by priority, then in the order of the clients."""
        found = (each for each in self.placements if each.manager is None)
        return tuple(sorted(found, key=lambda each: -each.client.rank))

    @property
    def moved(self) -> int:
        """How many clients change hands."""
        return sum(each.reason.startswith("moved") for each in self.placements)

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest share of places taken, of managers who have places."""
        uses = [each.use for each in self.shares if each.use is not None]
        return (min(uses), max(uses)) if uses else (0.0, 0.0)


def allocate(clients: Sequence[Client], managers: Sequence[Manager]) -> Allocation:
    """The allocation of clients to managers. Raises DataError (``missing-extra``) without scipy."""
    flows = cheapest(clients, managers)
    given: dict[int, int] = {}
    for kind, members in flows.kinds.items():
        for position, place in zip(members, _places(kind, flows.placed, managers), strict=False):
            given[position] = place
    placements = tuple(_placement(client, given.get(at), managers) for at, client in enumerate(clients))
    return Allocation(placements, _shares(placements, managers))


def _places(kind: Signature, placed: Mapping[tuple[Signature, int], int], managers: Sequence[Manager]) -> list[int]:
    """The managers of clients who are alike: first who has them now, then in the order of managers."""
    order = sorted(range(len(managers)), key=lambda place: managers[place].name != kind[3])
    return [place for place in order for _ in range(placed.get((kind, place), 0))]


def _placement(client: Client, place: int | None, managers: Sequence[Manager]) -> Placement:
    obstacles = {each.name: obstacle(client, each) for each in managers}
    fits = any(not each for each in obstacles.values())
    fitting = sum(not obstacles[each.name] and each.room > 0 for each in managers)
    if place is None:
        if client.pinned is not None and client.pinned not in obstacles:
            return Placement(client, None, WAITS_PIN_UNKNOWN, fitting)
        if fits:
            return Placement(client, None, WAITS_FULL, fitting or sum(not each for each in obstacles.values()))
        kinds = Counter(each for each in obstacles.values() if each)
        return Placement(client, None, WAITS_MISFIT, 0, kinds.most_common(1)[0][0] if kinds else "")
    name = managers[place].name
    if client.pinned is not None:
        return Placement(client, name, PINNED, fitting)
    if client.manager == name:
        return Placement(client, name, STAYS, fitting)
    if client.manager is None:
        return Placement(client, name, PLACED, fitting)
    if client.manager not in obstacles:
        return Placement(client, name, MOVED_GONE, fitting)
    misfit = obstacles[client.manager]
    return Placement(client, name, MOVED_MISFIT if misfit else MOVED_FULL, fitting, misfit)


def _shares(placements: Sequence[Placement], managers: Sequence[Manager]) -> tuple[Share, ...]:
    highest = max(ranks([each.client for each in placements]), default=0)
    before = Counter(each.client.manager for each in placements)
    after = Counter(each.manager for each in placements)
    top = Counter(each.manager for each in placements if each.client.rank == highest)
    kept = Counter(each.manager for each in placements if each.manager == each.client.manager)
    return tuple(
        Share(
            each,
            each.load + before[each.name],
            each.load + after[each.name],
            top[each.name],
            after[each.name] - kept[each.name],
            before[each.name] - kept[each.name],
        )
        for each in managers
    )
