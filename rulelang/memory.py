"""What was worked out when a text was read before, for the parts of it that are still the same.

    memory = Memory.lasting()
    found = memory.each("references", references, branches)   # anew only for the branches not met last time

Whoever reads a text once has a memory that keeps nothing. What is found is found by the identity of what it was worked
out from: parts of a text that did not change are the very ones that were read before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from operator import is_
from typing import Any, TypeVar

from attrs import field, frozen

Part = TypeVar("Part")
Found = TypeVar("Found")


@frozen
class _Worked:
    """Parts in their order with what was found for each; ``unsound`` are the places of what is not to be kept."""

    context: tuple[Any, ...]
    parts: list[Any] = field(factory=list)
    found: list[Any] = field(factory=list)
    unsound: frozenset[int] = frozenset()


@frozen
class Memory:
    """``keeps``: whether anything is kept from one reading to the next."""

    keeps: bool = False
    _of_parts: dict[Hashable, _Worked] = field(factory=dict)
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
        now, before = list(parts), self._of_parts.get(name)
        if before is None or not _same(before.context, context):
            before = _Worked(context)
        # What was written is mostly the same but for one place: what is before and after it is taken as it was.
        start = _alike(before.parts, now)
        end = min(_alike(reversed(before.parts), reversed(now)), len(now) - start, len(before.parts) - start)
        moved = len(now) - len(before.parts)
        middle = range(start, len(before.parts) - end)
        known = {id(before.parts[at]): at for at in middle if at not in before.unsound}
        places = [known.get(id(part)) for part in now[start : len(now) - end]]
        found: list[Any] = before.found[:start]
        found += [None if at is None else before.found[at] for at in places]
        found += before.found[middle.stop :]
        anew = [at for at, place in enumerate(places, start) if place is None]
        anew += [at if at < start else at + moved for at in before.unsound if at not in middle]
        for at in anew:
            found[at] = work(now[at])
        unsound = frozenset(at for at in anew if sound is not None and not sound(found[at]))
        self._of_parts[name] = _Worked(context, now, found, unsound)
        return list(found)

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


def _alike(one: Iterable[Any], other: Iterable[Any]) -> int:
    """How many of the first are the very same."""
    same = list(map(is_, one, other))
    return same.index(False) if False in same else len(same)


def _same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    return len(before) == len(now) and all(one is other for one, other in zip(before, now, strict=True))


NO_MEMORY = Memory()  # for whoever reads once, and has nothing to be made only once in a reading
