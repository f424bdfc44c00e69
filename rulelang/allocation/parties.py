"""The two sides of an allocation: managers with room and skills, clients with priority and needs."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen


@frozen
class Manager:
    """Somebody, or a team, who takes clients.

    ``capacity`` is how many clients there may be, ``load`` how many of these places are taken by others than the
    clients to be allocated. No ``regions``: all of them.
    """

    name: str
    capacity: int
    load: int = 0
    regions: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()

    @property
    def room(self) -> int:
        """How many clients can be given to them."""
        return max(0, self.capacity - self.load)


@frozen
class Client:
    """A customer to be allocated.

    ``rank`` is the priority: a higher one goes first. ``needs`` are skills the manager must have, ``manager`` is who
    has the client now, ``pinned`` who must have them, ``excluded`` who must not. No ``region``: any.
    """

    row: int
    rank: int
    needs: frozenset[str] = frozenset()
    region: str | None = None
    manager: str | None = None
    pinned: str | None = None
    excluded: frozenset[str] = frozenset()


def obstacle(client: Client, manager: Manager) -> str:
    """What keeps a client from a manager whatever the load: ``excluded``, ``skill`` or ``region``, or nothing.

    A pin settles it: a pinned client can go to that manager and to no other.
    """
    if client.pinned is not None:
        return "" if client.pinned == manager.name else "pinned"
    if manager.name in client.excluded:
        return "excluded"
    if not client.needs <= manager.skills:
        return "skill"
    if client.region is not None and manager.regions and client.region not in manager.regions:
        return "region"
    return ""


def ranks(clients: Sequence[Client]) -> tuple[int, ...]:
    """The ranks there are, lowest first."""
    return tuple(sorted({each.rank for each in clients}))
