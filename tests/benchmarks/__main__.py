"""Runs the benchmarks and prints their tables: ``python -m tests.benchmarks [--chart FILE] [--most RULES]``."""

from __future__ import annotations

import datetime
import gc
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import click

import rulelang
from rulelang.diagnostics.position import Source
from rulelang.editing import Editing
from rulelang.engine.ruleset import Ruleset
from rulelang.pipeline import read_model, read_sources
from tests.benchmarks import sharing, timing, workload
from tests.benchmarks.chart import draw
from tests.benchmarks.peers import PEERS, Decide

AS_OF = datetime.date(2026, 1, 1)
HAND = "by hand"
SLOW = 20_000  # microseconds: a peer that takes longer for one decision is left out of larger sets


@click.command()
@click.option("--chart", type=click.Path(path_type=Path), help="Writes the picture (SVG; needs matplotlib).")
@click.option("--most", default=100_000, show_default=True, help="The largest number of rules that is tried.")
def main(chart: Path | None, most: int) -> None:
    """Times rulelang beside code written by hand and beside other engines."""
    click.echo(f"Python {platform.python_version()}, {platform.machine()}, rulelang {rulelang.__version__}\n")
    single = one_customer()
    start_up()
    written()
    shared()
    curves = many_rules(most)
    if chart is not None:
        draw(single, curves, chart)
        click.echo(f"\nwritten to {chart}", err=True)


def peers(rules: Sequence[Any] = workload.RULES) -> dict[str, Decide]:
    """The peers that are installed, prepared; those that are not are named."""
    found = {}
    for name, (package, make) in PEERS.items():
        try:
            found[f"{name} {metadata.version(package)}"] = make(rules)
        except (ImportError, metadata.PackageNotFoundError):
            click.echo(f"left out: {name} (pip install {package})", err=True)
        except (RuntimeError, ValueError) as error:
            first = str(error).partition("\n")[0][:100]
            click.echo(f"left out: {name} does not take {len(rules):,} rules in one expression ({first})", err=True)
    return found


def one_customer() -> dict[str, float]:
    """Fourteen rules, one customer at a time."""
    rows = workload.customers(1000)
    rules = rulelang.loads(workload.as_rules())
    compiled = rules.compile(AS_OF)
    expected = [workload.by_hand(row)["tier"] for row in rows]
    check("compiled", expected, [compiled(row)["tier"] for row in rows])
    check("decide", expected, [rules.decide(row, as_of=AS_OF)["tier"] for row in rows])
    slotted, objects = workload.with_slots(workload.by_hand), [workload.Customer(**row) for row in rows]
    check("by hand, objects with slots", expected, [slotted(each)["tier"] for each in objects])
    of_objects = rules.compile(workload.Customer, AS_OF)
    check("compiled, objects with slots", expected, [of_objects(each)["tier"] for each in objects])
    check("decide_many", expected, [each["tier"] for each in rules.decide_many(rows, as_of=AS_OF)])
    check("decide_many, objects", expected, [each["tier"] for each in rules.decide_many(objects, as_of=AS_OF)])
    contestants: dict[str, Callable[[], Any]] = {
        HAND: timing.calls(workload.by_hand, rows),
        "by hand, objects with slots": timing.calls(slotted, objects),
        "rulelang, compiled function": timing.calls(compiled, rows),
        "rulelang, decide": timing.calls(lambda row: rules.decide(row, as_of=AS_OF), rows),
        "rulelang, decide_many": lambda: [None for _ in rules.decide_many(rows, as_of=AS_OF)],
        "rulelang, compiled function, slots": timing.calls(of_objects, objects),
        "rulelang, decide_many, slots": lambda: [None for _ in rules.decide_many(objects, as_of=AS_OF)],
    }
    for name, decide in peers().items():
        check(name, expected, [decide(row) for row in rows])
        contestants[name] = timing.calls(decide, rows)
    found = timing.in_turns(contestants, len(rows), HAND)
    slots = found["by hand, objects with slots"].microseconds
    body = [
        (*line, f"{each.microseconds / slots:.2f}") for line, each in zip(rows_of(found), found.values(), strict=True)
    ]
    heads = ("", "µs", "× by hand", "range", "× by hand over slots")
    table("One customer, 14 rules, first that fits", heads, body)
    return {name: each.ratio for name, each in found.items() if not name.startswith(HAND)}


def many_rules(most: int) -> dict[str, list[tuple[int, float]]]:
    """Microseconds per decision by the number of rules."""
    curves: dict[str, list[tuple[int, float]]] = {}
    lines = []
    for count in (each for each in (10, 100, 1_000, 10_000, 100_000) if each <= most):
        rows = workload.customers(300)
        keyed = [
            {**row, "segment": f"s{row['spend'] % max(1, count // 10)}", "spend": row["spend"] % 10000} for row in rows
        ]
        began = time.process_time()
        in_table = rulelang.loads(workload.tariff(count)).compile(AS_OF)
        in_table(keyed[0])
        table_ready = time.process_time() - began
        written = workload.many(count)
        contestants: dict[str, Callable[[], Any]] = {
            "rulelang, table of keys and ranges": timing.calls(in_table, keyed)
        }
        rules_ready = None
        if count <= 10_000:  # a rule file may have 5,000,000 characters
            began = time.process_time()
            compiled = rulelang.loads(workload.as_rules(written)).compile(AS_OF)
            expected = [compiled(row)["tier"] for row in rows]
            rules_ready = time.process_time() - began
            contestants["rulelang, mixed rules"] = timing.calls(compiled, rows)
            plain = one_after_the_other(written)
            check("one after the other", expected, [plain(row) for row in rows])
            contestants["if after if, mixed rules"] = timing.calls(plain, rows)
        if count <= 1_000:
            for name, decide in peers(written).items():
                if curves.get(name, [(0, 0.0)])[-1][1] < SLOW:
                    check(name, expected, [decide(row) for row in rows[:20]])
                    contestants[name] = timing.calls(decide, rows[:20])
        for name, function in contestants.items():
            calls = 20 if name.split(",")[0] not in ("rulelang", "if after if") else len(rows)
            timed = timing.in_turns({name: function}, calls, name)[name]
            curves.setdefault(name, []).append((count, timed.microseconds))
        lines.append((f"{count:,}", f"{table_ready:.2f}", "" if rules_ready is None else f"{rules_ready:.2f}"))
    counts = sorted({count for points in curves.values() for count, _ in points})
    body = [
        (name, *(f"{dict(points).get(each, float('nan')):.2f}".replace("nan", "-") for each in counts))
        for name, points in curves.items()
    ]
    table("Microseconds per decision, by the number of rules", ("", *(f"{each:,}" for each in counts)), body)
    table("Seconds from text to the first decision", ("rules", "table", "mixed rules"), lines)
    return curves


def one_after_the_other(rules: Sequence[tuple[Sequence[workload.Condition], str]]) -> Decide:
    """The rules as plain Python without an index: what a generator of code by hand would write."""
    lines = ["def plain(row):"]
    lines += [f"    {name} = row[{name!r}]" for name in ("days", "spend", "orders", "country")]
    for conditions, tier in rules:
        test = " and ".join(f"{name} {operator} {value!r}" for name, operator, value in conditions)
        lines += [f"    if {test}:", f"        return {tier!r}"]
    lines.append(f"    return {workload.FALLBACK!r}")
    namespace: dict[str, Any] = {}
    exec("\n".join(lines), namespace)
    plain: Decide = namespace["plain"]
    return plain


def start_up() -> None:
    """Cold starts, each in a process of its own, beyond Python's own start."""
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for count in (14, 100, 10_000):
            text = workload.as_rules(workload.RULES if count == 14 else workload.many(count))
            files[f"{count:,} rules"] = Path(folder) / f"{count}.rules"
            files[f"{count:,} rules"].write_text(text, "utf-8")
            files[f"a rulepack of {count:,} rules"] = Path(folder) / f"{count}.rulepack"
            rulelang.loads(text).save(files[f"a rulepack of {count:,} rules"])
        # As on a machine that has run it before: what Python has compiled is kept, and what rulelang has.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment.update(PYTHONPYCACHEPREFIX=folder, RULELANG_CACHE=str(Path(folder) / "cache"))
        bare = min(_process("pass", environment) for _ in range(5))

        def beyond(code: str, times: int) -> str:
            _process(code, environment)
            return f"{(min(_process(code, environment) for _ in range(times)) - bare) * 1000:.1f}"

        body = [("import rulelang", beyond("import rulelang", 6), "")]
        for name, path in files.items():
            known, unknown = (
                f"import rulelang; rulelang.load({str(path)!r}).decide({row!r})"
                for row in (workload.customers(1)[0], {})
            )
            body.append((f"load {name}, decide one", beyond(known, 6), beyond(unknown, 3)))
    heads = ("", "all known", "all unknown")
    table("From the second start on, milliseconds of processor beyond Python's own", heads, body)


def written() -> None:
    """Rules in the hands of their author: all of them read, and one of them edited; and a large table in a file."""
    body = []
    for count in (100, 1_000, 10_000):
        rules = workload.many(count)
        editing = Editing(Path())
        whole, edited = [], []
        for number in range(5):
            conditions, tier = rules[count // 2]
            rules[count // 2] = ((*conditions, ("orders", ">", number)), tier)
            sources = [Source("edited.rules", workload.as_rules(rules))]
            whole.append(_seconds(partial(read_sources, sources, Path())))
            edited.append(_seconds(partial(editing.read, sources)))
        body.append((f"{count:,}", f"{min(whole) * 1000:.0f}", f"{statistics.median(edited[1:]) * 1000:.1f}"))
    table("Milliseconds of processor to check rules", ("rules", "all of them", "one edited"), body)
    with tempfile.TemporaryDirectory() as folder:
        head, *rows = workload.tariff(100_000).partition("| segment")[::2]
        cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in f"| segment{rows[0]}".splitlines()]
        (Path(folder) / "tariff.csv").write_text("\n".join(",".join(row) for row in [cells[0], *cells[2:]]), "utf-8")
        path = Path(folder) / "tariff.rules"
        path.write_text(head.replace("(first):", '(first) from "tariff.csv"'), "utf-8")
        rules_read: list[Any] = []
        read = _seconds(lambda: rules_read.append(read_model([path])))
        ruleset = Ruleset(rules_read[0].model)
        customer = {"segment": "s5", "spend": 1500}
        first = _seconds(lambda: check("table", [f"t{(5 + 1) % 50}"], [ruleset.compile(AS_OF)(customer)["tier"]]))
    heads = ("", "read", "compiled, first decision")
    table("Seconds of processor for a table", heads, [("100,000 rows in a CSV file", f"{read:.1f}", f"{first:.1f}")])


def _seconds(work: Callable[[], Any]) -> float:
    """The processor's seconds for a piece of work, the collector at rest."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def _process(code: str, environment: Mapping[str, str]) -> float:
    """The processor's seconds for a piece of code in a process of its own."""

    def used() -> float:
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        return spent.ru_utime + spent.ru_stime

    began = used()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    return used() - began


def shared() -> None:
    """Threads and processes, and what decisions and rulesets keep in memory."""
    rules, rows = rulelang.loads(workload.as_rules()), workload.customers(1000)
    threads = "threads side by side" if sharing.is_free_threaded() else "one thread at a time"
    title = f"Decisions of each worker in a second of processor, 14 rules, {sharing.cores()} cores, {threads}"
    table(title, ("", "decisions", "× one alone"), sharing.per_second(rules, rows, AS_OF))
    body = [("kept after 20,000 decisions, kB", f"{sharing.growth(rules, rows, AS_OF, 20_000) / 1000:.1f}")]
    texts = {"mixed rules": workload.as_rules(workload.many(10_000)), "table rows": workload.tariff(10_000)}
    for name, text in texts.items():
        body.append(
            (f"10,000 {name}, loaded and compiled, MB", f"{sharing.memory(lambda text=text: _ready(text)):.0f}")
        )  # type: ignore[misc]
    table("Memory", ("", ""), body)


def _ready(text: str) -> Any:
    rules = rulelang.loads(text)
    rules.compile(AS_OF)({"days": 1, "spend": 1, "orders": 1, "country": "CN", "segment": "s1"})
    return rules


def check(name: str, expected: Sequence[Any], found: Sequence[Any]) -> None:
    """All contestants give the same answers, or their times mean nothing."""
    if list(found) != list(expected[: len(found)]):
        raise SystemExit(f"{name} gives other answers")


def rows_of(found: Mapping[str, timing.Timed]) -> list[tuple[str, ...]]:
    return [
        (name, f"{each.microseconds:.2f}", f"{each.ratio:.2f}", f"{each.lowest:.2f}-{each.highest:.2f}")
        for name, each in found.items()
    ]


def table(title: str, heads: Sequence[str], body: Sequence[Sequence[str]]) -> None:
    """A plain table, the first column to the left."""
    widths = [max(len(str(row[at])) for row in [heads, *body]) for at in range(len(heads))]
    click.echo(f"{title}\n")
    for row in [heads, ["-" * each for each in widths], *body]:
        cells = [
            str(cell).ljust(width) if at == 0 else str(cell).rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  " + "  ".join(cells).rstrip())
    click.echo()


if __name__ == "__main__":
    main()
