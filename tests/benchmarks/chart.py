"""The figures as one picture for the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path


def draw(single: Mapping[str, float], curves: Mapping[str, Sequence[tuple[int, float]]], target: Path) -> None:
    """Bars for one customer (times as long as by hand), and curves of time per decision; SVG or PNG by the ending."""
    import matplotlib

    matplotlib.use("agg" if target.suffix == ".png" else "svg")
    matplotlib.rcParams.update({"svg.hashsalt": "rulelang", "font.size": 9})
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(13, 3.8), constrained_layout=True)
    names = sorted(single, key=single.__getitem__, reverse=True)
    colours = ["#2b6cb0" if each.startswith("rulelang") else "#a0aec0" for each in names]
    bars = left.barh(names, [single[each] for each in names], color=colours)
    left.bar_label(bars, [f" {single[each]:.3g}×" for each in names])
    left.set_xscale("log")
    left.set_title("one customer, 14 rules: times as long as a hand-written function")
    left.margins(x=0.25)
    left.set_xlim(left=0.7)
    for name, points in curves.items():
        right.plot(*zip(*points, strict=True), marker="o", label=name)
    right.set_xscale("log")
    right.set_yscale("log")
    right.set_xlabel("rules")
    right.set_title("microseconds per decision")
    right.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(target, metadata={} if target.suffix == ".png" else {"Date": None})
