"""What was worked out when a text was read before, for the parts of it that are still the same.

    memory = Memory.lasting()
    found = memory.each("references", references, branches)   # anew only for the branches not met last time

Whoever reads a text once has a memory that keeps nothing. What is found is found by the identity of what it was worked
out from: parts of a text that did not change are the very ones that were read before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from attrs import field, frozen

Part = TypeVar("Part")
Found = TypeVar("Found")


@frozen
class Memory:
    """``keeps``: whether anything is kept from one reading to the next."""

    keeps: bool = False
    _of_parts: dict[Hashable, tuple[tuple[Any, ...], dict[int, tuple[Any, Any]]]] = field(factory=dict)
    _whole: dict[Hashable, tuple[tuple[Any, ...], Any]] = field(factory=dict)
    _once: dict[Hashable, Any] = field(factory=dict)
    _named: dict[Hashable, Any] = field(factory=dict)

    @classmethod
    def lasting(cls) -> Memory:
        """A memory for one who reads a text again and again."""
        return cls(True)

    def each(
        self,
        name: Hashable,
        work: Callable[[Part], Found],
        parts: Iterable[Part],
        *context: Any,
        sound: Callable[[Found], bool] | None = None,
    ) -> list[Found]:
        """``work(part)`` for each part; once in a reading for one ``name``.

        What was found for a part counts for as long as the ``context`` is the very same; it is kept only where it is
        ``sound``.
        """
        if not self.keeps:
            return [work(part) for part in parts]
        before, known = self._of_parts.get(name, ((), {}))
        if not _same(before, context):
            known = {}
        found: list[Found] = []
        kept: dict[int, tuple[Any, Any]] = {}
        for part in parts:
            key = id(part)
            entry = known.get(key)
            if entry is None:
                entry = part, work(part)
            if sound is None or sound(entry[1]):
                kept[key] = entry
            found.append(entry[1])
        self._of_parts[name] = context, kept
        return found

    def whole(
        self,
        name: Hashable,
        make: Callable[[], Found],
        *rests_on: Any,
        sound: Callable[[Found], bool] | None = None,
    ) -> Found:
        """What was made under a name, for as long as all that it rests on is the very same; else it is made anew, and
        kept where it is ``sound``."""
        before = self._whole.get(name)
        if before is None or not _same(before[0], rests_on):
            made = make()
            self._whole.pop(name, None)
            if self.keeps and (sound is None or sound(made)):
                self._whole[name] = rests_on, made
            return made
        found: Found = before[1]
        return found

    def once(self, name: Hashable, make: Callable[[], Found]) -> Found:
        """What a name stands for, made when it is first asked for in a reading."""
        if name not in self._once:
            self._once[name] = make()
        found: Found = self._once[name]
        return found

    def kept(self, name: Hashable, make: Callable[[], Found]) -> Found:
        """What was last kept under a name; made where there is nothing."""
        found: Found = self._named[name] if name in self._named else make()
        return found

    def same(self, name: Hashable, value: Found) -> Found:
        """A value, or the one that was equal to it the last time: what rests on it can then be known again."""
        before: Found = self.kept(name, lambda: value)
        if before == value:
            value = before
        self.keep(name, value)
        return value

    def keep(self, name: Hashable, value: object) -> None:
        """Keeps something under a name."""
        if self.keeps:
            self._named[name] = value

    def forget(self) -> None:
        """Forgets what was only to be made once in a reading."""
        self._once.clear()


def _same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    return len(before) == len(now) and all(one is other for one, other in zip(before, now, strict=True))


NO_MEMORY = Memory()  # for whoever reads once, and has nothing to be made only once in a reading
