"""Rules for clusters: a small decision tree, its cuts moved to round numbers between two neighbouring customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from attrs import frozen

from rulelang.engine.extras import extra
from rulelang.grouping.measures import Measure, readable_bound

_GOOD_ENOUGH = 0.95  # of the customers in the group of their cluster; a longer tree is not worth reading
_LEAVES_EACH = 3
_PURPOSE = "rulelang groups"


@frozen
class Bounds:
    """A measure above one number, up to another, or between them."""

    above: Decimal | None = None
    upto: Decimal | None = None


Path = dict[int, Bounds]  # by the measure's position


@frozen
class Description:
    """For each cluster that has a rule, the ways into it: any of several paths, each with all its bounds."""

    ways: dict[int, tuple[Path, ...]]


def describe(measures: Sequence[Measure], values: Sequence[Sequence[Any]], numbers: Any, labels: Any) -> Description:
    """The shortest tree that puts nearly all customers into the group of their cluster.

    ``values`` are the customers' values by measure and customer, exact; ``numbers`` the same as a matrix of customers
    by measures; ``labels`` the clusters.
    """
    trees = extra("groups", "sklearn.tree", _PURPOSE)
    numpy = extra("groups", "numpy", _PURPOSE)
    count = int(labels.max()) + 1
    tree = None
    for leaves in range(count, _LEAVES_EACH * count + 1):
        tree = trees.DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0).fit(numbers, labels)
        found = tree.predict(numbers)
        if (found == labels).mean() >= _GOOD_ENOUGH and len(numpy.unique(found)) == count:
            break
    ways: dict[int, list[Path]] = {}
    for label, path in _leaves(tree.tree_, measures, values, numbers):  # type: ignore[union-attr]  # at least one group
        ways.setdefault(label, []).append(path)
    return Description({label: tuple(paths) for label, paths in ways.items()})


def _leaves(
    tree: Any, measures: Sequence[Measure], values: Sequence[Sequence[Any]], numbers: Any
) -> Iterator[tuple[int, Path]]:
    """The leaves with their clusters from left to right; a cut between two of the same cluster is no cut."""

    def cluster_of(node: int) -> int | None:
        """The cluster of everybody below, None where there are several."""
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left < 0:
            return int(tree.value[node][0].argmax())
        first, second = cluster_of(left), cluster_of(right)
        return first if first == second else None

    def below(node: int, path: Path) -> Iterator[tuple[int, Path]]:
        label = cluster_of(node)
        if label is not None:
            yield label, path
            return
        place = int(tree.feature[node])
        bound = _bound(measures[place], values[place], numbers[:, place], float(tree.threshold[node]))
        now = path.get(place, Bounds())
        yield from below(int(tree.children_left[node]), {**path, place: Bounds(now.above, bound)})
        yield from below(int(tree.children_right[node]), {**path, place: Bounds(bound, now.upto)})

    yield from below(0, {})


def _bound(measure: Measure, values: Sequence[Any], numbers: Any, threshold: float) -> Decimal:
    """A round number that parts the customers where the tree does."""
    paired = sorted(zip(map(float, numbers), values, strict=True), key=lambda each: each[0])
    for (low, exact_low), (high, exact_high) in pairwise(paired):
        if low <= threshold < high:
            if measure.kind in ("number", "age"):
                return readable_bound(measure.kind, exact_low, exact_high)
            return readable_bound(measure.kind, low, high)
    raise AssertionError("a tree cuts between two values")
