"""Which customers are alike: k-means over numbers brought to one scale, and how many groups there are.

Numbers that are never negative and lean far to one side (spending, orders) are compared on a logarithmic scale, so that
a few large customers don't make up every group. The number of groups, where none is given, is the one with the highest
silhouette (P. Rousseeuw, 1987) among two to eight.
"""

from __future__ import annotations

from typing import Any

from attrs import frozen

from rulelang.engine.extras import extra

MOST_GROUPS = 20
_TRIED = range(2, 9)
_JUDGED = 4000  # the silhouette looks at every pair, so it looks at so many customers only
_LEARNED = 50_000  # customers from whom the groups are learned; all are put into them
_SKEWED = 1.0
_PURPOSE = "rulelang groups"


@frozen
class Clusters:
    """A cluster for each customer, from 0, and how far apart they are: the silhouette, from -1 to 1 (clearly apart).

    ``scaled`` are the numbers that were compared: by customer and measure, with mean 0 and deviation 1.
    """

    labels: Any
    scaled: Any
    silhouette: float


def cluster(numbers: Any, count: int | None) -> Clusters:
    """Clusters of the rows of a matrix; ``count`` of them, or as many as suit.

    There must be more different rows than clusters. Raises DataError (``missing-extra``) without scikit-learn.
    """
    means = extra("groups", "sklearn.cluster", _PURPOSE)
    scores = extra("groups", "sklearn.metrics", _PURPOSE)
    numpy = extra("groups", "numpy", _PURPOSE)
    scaled = _scaled(numbers)
    learned = scaled
    if len(scaled) > _LEARNED:
        learned = scaled[numpy.random.default_rng(0).choice(len(scaled), _LEARNED, replace=False)]
    different = different_rows(learned)
    best: Clusters | None = None
    for each in [each for each in _TRIED if each < different] if count is None else [count]:
        model = means.KMeans(each, n_init=10, random_state=0)
        found = model.fit_predict(learned)
        apart = float(scores.silhouette_score(learned, found, sample_size=min(_JUDGED, len(learned)), random_state=0))
        if best is None or apart > best.silhouette:
            best = Clusters(model.predict(scaled), scaled, apart)
    if best is None:
        raise AssertionError("more different rows than clusters")
    return best


def different_rows(numbers: Any) -> int:
    """How many rows of a matrix differ from each other."""
    return len(extra("groups", "numpy", _PURPOSE).unique(numbers, axis=0))


def _scaled(numbers: Any) -> Any:
    numpy = extra("groups", "numpy", _PURPOSE)
    stats = extra("groups", "scipy.stats", _PURPOSE)
    columns = []
    for column in numbers.T:
        spread = column.std()
        if not spread:
            columns.append(numpy.zeros_like(column))
            continue
        if column.min() >= 0 and stats.skew(column) > _SKEWED:
            column = numpy.log1p(column)
        columns.append((column - column.mean()) / column.std())
    return numpy.stack(columns, axis=1)
