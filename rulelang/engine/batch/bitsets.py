"""Sets of candidates as bits, by column and cell, for many rows at once: the first candidate that fits each row.

A row's cell in a column picks the set of the candidates that fit there; what fits in all columns is what the sets have
in common. They are looked through from the front in blocks of 512, and a row that has found its candidate is done.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from attrs import field, frozen

from rulelang.backends.python.cells import Ranges
from rulelang.backends.python.finding import MISSING

_WORDS = 8  # words of 64 bits in a block: what a processor fetches at once
_BLOCK = 64 * _WORDS
_TILE = 16_384  # so many rows at a time stay near the processor
MOST_BYTES = 96 << 20  # of a column: what has more cells and candidates is better decided in another way

Array = Any  # of numpy, which is there only where many rows are decided


class TooLargeError(Exception):
    """The sets would take more memory than they are worth."""


@frozen
class Columns:
    """The cells of a column, and in which of them each candidate fits, ``true``, or may come to fit, ``open``; None
    where it does not look at the column.
    """

    count: int
    true: Sequence[Ranges | None]
    open: Sequence[Ranges | None]


@frozen
class _Sets:
    """The sets of a column: ``slots`` are the sets of cells, neighbours with the same set sharing one; ``blocks`` the
    sets by block and slot, after the last slot those that a missing value leaves open.
    """

    slots: Array
    blocks: Array


@frozen
class BitSets:
    """Candidates in the order in which they win, each with the ``kinds`` of what it gives."""

    numpy: ModuleType = field(repr=False)
    columns: tuple[_Sets, ...] = field(repr=False)
    kinds: Array = field(repr=False)

    @staticmethod
    def of(numpy: ModuleType, columns: Sequence[Columns], kinds: Sequence[int]) -> BitSets:
        """The sets. Raises TooLargeError."""
        return BitSets(numpy, tuple(_sets(numpy, each, len(kinds)) for each in columns), numpy.array(kinds, "int64"))

    def first(self, cells: Sequence[Array]) -> Array:
        """For each row, told by its cells, the first candidate that fits; -1 for none."""
        np, found = self.numpy, []
        slots = [each.slots[cell] for each, cell in zip(self.columns, cells, strict=True)]
        for start in range(0, len(slots[0]), _TILE):
            found.append(self._first([each[start : start + _TILE] for each in slots]))
        return np.concatenate(found) if found else np.empty(0, "int64")

    def _first(self, slots: list[Array]) -> Array:
        np = self.numpy
        winners = np.full(len(slots[0]), -1, "int64")
        left = np.arange(len(winners))
        for block in range(len(self.columns[0].blocks)):
            if not len(left):
                break
            common = self._common(block, slots)
            fits = common.any(axis=1)
            at = np.flatnonzero(fits)
            if len(at):
                winners[left[at]] = block * _BLOCK + self._lowest(common[at])
                on = np.flatnonzero(~fits)
                left, slots = left[on], [each[on] for each in slots]
        return winners

    def _common(self, block: int, slots: Sequence[Array]) -> Array:
        """The candidates of a block that fit each row."""
        common = self.columns[0].blocks[block].take(slots[0], axis=0)
        for each, slot in zip(self.columns[1:], slots[1:], strict=True):
            common &= each.blocks[block].take(slot, axis=0)
        return common

    def _lowest(self, words: Array) -> Array:
        """The place of the lowest bit of each row of words, one of which is set."""
        np = self.numpy
        place = (words != 0).argmax(axis=1)
        word = words[np.arange(len(words)), place]
        lowest = word & (~word + np.uint64(1))
        return place * 64 + np.frexp(lowest.astype("float64"))[1] - 1

    def precede(self, cells: Sequence[Array], winners: Array, chosen: Sequence[Array]) -> list[Array]:
        """For each of some choices of candidates, and each row, whether one of these may come to fit and would win over
        the row's ``winners``.
        """
        return self._before(cells, winners, [self._words(each)[None] for each in chosen], None)

    def others(self, cells: Sequence[Array], winners: Array, given: Array) -> Array:
        """For each row whether a candidate that gives another kind than is ``given`` may come to fit and would win."""
        kinds, at = self.numpy.unique(given, return_inverse=True)
        if not len(kinds):
            return self.numpy.zeros(0, bool)
        sets = self.numpy.stack([self._words(self.kinds != each) for each in kinds])
        return self._before(cells, winners, [sets], at)[0]

    def _words(self, chosen: Array) -> Array:
        """Some candidates as words, by block."""
        return _packed(self.numpy, chosen[None, :])[0].reshape(-1, _WORDS)

    def _before(self, cells: Sequence[Array], winners: Array, sets: Sequence[Array], at: Array | None) -> list[Array]:
        """For each of some sets and each row whether a candidate of the set may come to fit and would win; ``at`` says
        which variant of the sets counts for a row.
        """
        np = self.numpy
        slots = []
        for each, cell in zip(self.columns, cells, strict=True):
            slots.append(np.where(cell == MISSING, each.blocks.shape[1] - 1, each.slots[cell]))
        bits = np.arange(_BLOCK)
        below = _packed(np, bits[None, :] < bits[:, None])
        found = [np.zeros(len(winners), bool) for _ in sets]
        for start in range(0, len(winners), _TILE):
            rows = np.arange(start, min(start + _TILE, len(winners)))
            for block in range(len(self.columns[0].blocks)):
                best = winners[rows]
                rows = rows[
                    ((best < 0) | (best > block * _BLOCK)) & ~np.logical_and.reduce([each[rows] for each in found])
                ]
                if not len(rows):
                    break
                common = self._common(block, [each[rows] for each in slots])
                best = winners[rows]
                last = np.flatnonzero((best >= 0) & (best < (block + 1) * _BLOCK))
                common[last] &= below[best[last] - block * _BLOCK]
                for hit, each in zip(found, sets, strict=True):
                    of = each[0, block] if at is None else each[at[rows], block]
                    hit[rows] |= (common & of).any(axis=1)
        return found


def _packed(np: ModuleType, bits: Array) -> Array:
    """Rows of truths as rows of words, filled up to whole blocks."""
    full = -(-bits.shape[1] // _BLOCK) * _BLOCK
    padded = np.zeros((bits.shape[0], full), bool)
    padded[:, : bits.shape[1]] = bits
    return np.packbits(padded, axis=1, bitorder="little").view("<u8")


def _sets(np: ModuleType, column: Columns, size: int) -> _Sets:
    bounds = sorted(
        {0, MISSING + 1, *(bound for each in column.true if each is not None for span in each for bound in span)}
        - {column.count}
    )
    words = -(-size // _BLOCK) * _WORDS
    if (len(bounds) + 1) * words * 8 > MOST_BYTES:
        raise TooLargeError
    turned = np.zeros((len(bounds) + 2, words), "uint64")
    at, number = [], []
    for candidate, ranges in enumerate(column.true):
        for low, high in ((0, column.count),) if ranges is None else ranges:
            at += [bisect_left(bounds, low), bisect_left(bounds, high)]
            number += [candidate, candidate]
    places = np.array(number, "int64")
    bits = np.uint64(1) << (places % 64).astype("uint64")
    np.bitwise_xor.at(turned, (np.array(at, "int64"), places // 64), bits)
    np.bitwise_xor.accumulate(turned, axis=0, out=turned)
    opened = [ranges is None or any(low <= MISSING < high for low, high in ranges) for ranges in column.open]
    turned[len(bounds)] = _packed(np, np.array([opened], bool))[0]
    blocks = turned[: len(bounds) + 1].reshape(len(bounds) + 1, -1, _WORDS).transpose(1, 0, 2)
    slots = np.searchsorted(np.array(bounds), np.arange(column.count), side="right") - 1
    return _Sets(slots.astype("int32"), np.ascontiguousarray(blocks))
