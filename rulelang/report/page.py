"""One self-contained page that a manager reads: how many of each class, who is due, what the data lacks."""

from __future__ import annotations

import heapq
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from html import escape
from itertools import zip_longest

from attrs import evolve

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.position import display_width
from rulelang.diagnostics.wording import show_value
from rulelang.engine.account.summary import OutcomeSummary, QualityFinding, RunSummary
from rulelang.engine.draft import start_draft, unwritable
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.running.output import STANDING_WORDS, outcome_name
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import PathLike, RunOptions
from rulelang.engine.sinks.opening import Sink
from rulelang.engine.sinks.writers import as_text
from rulelang.engine.sources.source import Source
from rulelang.model.contributions import STANDINGS
from rulelang.model.program import Model
from rulelang.report.amounts import is_amount, shower
from rulelang.report.book import Layout, Wanted
from rulelang.report.labels import labelled
from rulelang.report.money_totals import TOTALS, MoneyTotals, declared_classes
from rulelang.report.page_style import STYLE, WORDS
from rulelang.report.quality import check_name, share
from rulelang.vocabulary.types import Money

MOST_DUE = 50
MOST_BARS = 12
MOST_OF_A_CLASS = 20
_SOON = timedelta(days=30)
_BAR, _GAP, _LABELS, _CHART = 20, 8, 230, 340


def write_page(
    ruleset: Ruleset, source: Source, options: RunOptions, target: PathLike, wanted: Wanted | None = None
) -> RunSummary:
    """Decides for every row and writes the page. Raises what `rulelang.engine.run.run` raises."""
    work = RowRun(ruleset, source, evolve(options, why=False))
    due = _Due(Layout(work, wanted or Wanted(), columns_each=1))
    with Sink(os.fspath(target), "excel", None, due) as sink:
        work.go(sink, None)
        sink.finish()
    summary = work.summary(target, None)
    shown = labelled(summary, ruleset.model) if work.language == "zh" else summary
    text = page(shown, ruleset.model, due, work.language)
    draft = start_draft(target)
    try:
        draft.path.write_text(text, "utf-8", newline="\n")
        draft.commit()
    except OSError as error:
        draft.discard()
        raise unwritable(os.fspath(target), error) from error
    return summary


class _Due:
    """Keeps the customers who are due first, and counts those overdue and due soon."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.first: list[tuple[int, int, tuple[str, ...]]] = []
        self.classes: dict[str, list[tuple[str, ...]]] = {}
        self.counts: Counter[str] = Counter()
        self.overdue = self.soon = self.rows = 0
        work = layout.work
        self.totals = MoneyTotals(work.outcomes, work.language, layout.width, layout.columns_each)
        private = {each.position for _, each in work.readers if each.field.privacy}
        checked = work.quality.columns if work.quality is not None else ()
        private |= {each.position for each in checked if each.checks.field.privacy}
        private |= set(layout.who[1:])  # a name, whoever declares it or not
        self.private = set() if work.options.reveal else private

    @property
    def columns(self) -> tuple[str, ...]:
        """Who, and what is to be done by when."""
        layout = self.layout
        who = (layout.basic[each] for each in layout.who if each not in self.private)
        return (*who, *(outcome_name(layout.work.outcomes[each], layout.language) for each in layout.to_do))

    @property
    def customers(self) -> list[tuple[str, ...]]:
        """The cells of those due first, the earliest day first."""
        return [cells for _, _, cells in sorted(self.first, reverse=True)]

    def write(self, cells: Sequence[object]) -> None:
        """Takes a customer."""
        layout, width = self.layout, self.layout.width
        self.rows += 1
        self.totals.add(cells)
        to_do = [cells[width + place] for place in layout.to_do]
        if layout.due is None:
            if layout.asks_for_something(to_do):
                self._list(cells, to_do)
            return
        day = cells[width + layout.due]
        if not isinstance(day, date):
            return
        self.overdue += day < layout.work.as_of
        self.soon += layout.work.as_of <= day <= layout.work.as_of + _SOON
        entry = (-day.toordinal(), -self.rows)
        if len(self.first) == MOST_DUE and entry < self.first[0][:2]:
            return
        shown = (*self._who(cells), *map(as_text, to_do))
        (heapq.heappush if len(self.first) < MOST_DUE else heapq.heapreplace)(self.first, (*entry, shown))

    def _who(self, cells: Sequence[object]) -> Iterable[str]:
        return (as_text(cells[each]) for each in self.layout.who if each not in self.private)

    def _list(self, cells: Sequence[object], to_do: Sequence[object]) -> None:
        """Where nobody is due on a day: the first customers of every class of the first answer."""
        class_ = as_text(to_do[0])
        self.counts[class_] += 1
        if class_ in self.classes or len(self.classes) < MOST_BARS:
            listed = self.classes.setdefault(class_, [])
            if len(listed) < MOST_OF_A_CLASS:
                listed.append((*self._who(cells), *map(as_text, to_do)))

    def finish(self) -> None:
        """Nothing is left to be done."""

    def abandon(self) -> None:
        """Nothing was written."""


def page(summary: RunSummary, model: Model, due: _Due, lang: str) -> str:
    """The page; ``due`` are the customers to be dealt with first."""
    words = WORDS[lang]
    title = (model.header.label if lang == "zh" else None) or model.header.name or words["title"]
    day, file = show_value(summary.as_of, lang), os.path.basename(summary.source)
    parts = [
        f"<header><h1>{escape(title)}</h1><p>{escape(file)} · {words['as of']}{escape(day)}</p></header>",
        _figures(summary, due, lang),
        *(
            _outcome(each, summary.decided, lang, due.totals, place)
            for place, each in enumerate(summary.outcomes)
            if _is_counted(each) or _is_added(each)
        ),
        _due(due, lang),
        _quality(summary, lang),
        _rules(summary, lang),
        f"<footer>{words['made by']} {summary.fingerprint}</footer>",
    ]
    body = "\n".join(each for each in parts if each)
    return (
        f'<!doctype html>\n<html lang="{"zh-Hans" if lang == "zh" else "en"}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n{body}\n</html>\n"
    )


def _figures(summary: RunSummary, due: _Due, lang: str) -> str:
    words = WORDS[lang]
    failed = sum(each.count for each in summary.quality or ())
    figures = [(f"{summary.rows:,}", words["customers"])]
    if summary.rejected:
        figures.append((f"{summary.rejected:,}", words["rejected"]))
    if due.layout.due is not None:
        figures += [(f"{due.overdue:,}", words["overdue"]), (f"{due.soon:,}", words["soon"])]
    figures.append((f"{failed:,}", words["findings"]))
    cards = "".join(f"<div><b>{count}</b><span>{escape(name)}</span></div>" for count, name in figures)
    return f'<section class="figures">{cards}</section>'


def _is_counted(summary: OutcomeSummary) -> bool:
    """Whether an outcome's classes make a chart: not days, not texts that differ from customer to customer; amounts
    and percentages where there are few.
    """
    few = len(summary.classes) <= MOST_BARS if is_amount(summary.outcome) else summary.least is None
    return 0 < len(summary.classes) <= 4 * MOST_BARS and few


def _is_added(summary: OutcomeSummary) -> bool:
    """Whether it is of interest what an outcome comes to."""
    return isinstance(summary.outcome.type, Money) and summary.total is not None


def _outcome(summary: OutcomeSummary, decided: int, lang: str, totals: MoneyTotals, place: int) -> str:
    show = shower(summary.outcome, lang)
    ranked = sorted(summary.classes, key=lambda each: each.value) if is_amount(summary.outcome) else summary.classes
    counted = [(show(each.value), each.count) for each in ranked]
    bars = counted[:MOST_BARS]
    rest = sum(count for _, count in counted[MOST_BARS:]) + summary.others
    if rest:
        bars.append((WORDS[lang]["other"], rest))
    name = outcome_name(summary.outcome, lang)
    note = (summary.outcome.note_label if lang == "zh" else None) or summary.outcome.note or ""
    chart = _chart(name, bars, decided) if _is_counted(summary) else ""
    return (
        f"<section><h2>{escape(name)}</h2><p>{escape(note)}</p>{chart}"
        f"{_total(summary, lang)}{_standings(summary, decided, lang)}{_class_totals(totals, place, lang)}</section>"
    )


def _total(summary: OutcomeSummary, lang: str) -> str:
    """What an amount comes to, and between what amounts it lies."""
    if not _is_added(summary):
        return ""
    show, words = shower(summary.outcome, lang), WORDS[lang]
    named = (("total", summary.total), ("least", summary.least), ("greatest", summary.greatest))
    return f"<p>{escape(words['between'].join(f'{words[name]}{show(value)}' for name, value in named))}</p>"


def _class_totals(totals: MoneyTotals, place: int, lang: str) -> str:
    """What amounts come to in each class."""
    shows = [shower(outcome, lang) for _, outcome in totals.amounts]
    rows = [
        (class_, f"{count:,}", *("" if each is None else show(each) for show, each in zip(shows, amounts, strict=True)))
        for class_, count, amounts in totals.classes(place)
    ]
    return _table((*TOTALS[lang]["columns"][1:], *totals.names), rows, range(1, 2 + len(shows))) if rows else ""


def _chart(name: str, bars: Sequence[tuple[str, int]], decided: int) -> str:
    """Horizontal bars, each with its class, its count and its share."""
    height = len(bars) * (_BAR + _GAP)
    most = max((count for _, count in bars), default=0) or 1
    shapes = []
    for place, (label, count) in enumerate(bars):
        top = place * (_BAR + _GAP)
        width = max(round(_CHART * count / most), count > 0)
        middle = top + _BAR - 6
        said = f"{count:,} · {share(count, decided)}"
        shapes.append(
            f'<text x="{_LABELS - 8}" y="{middle}" text-anchor="end"><title>{escape(label)}</title>'
            f"{escape(_cut(label))}</text>"
            f'<rect x="{_LABELS}" y="{top}" width="{width}" height="{_BAR}" rx="3"/>'
            f'<text class="count" x="{_LABELS + width + 8}" y="{middle}">{said}</text>'
        )
    told = "; ".join(f"{label}: {count:,}" for label, count in bars)
    return (
        f'<svg viewBox="0 0 {_LABELS + _CHART + 120} {height}" role="img" aria-label="{escape(f"{name}: {told}")}">'
        f"{''.join(shapes)}</svg>"
    )


def _cut(label: str, width: int = 30) -> str:
    """A label that fits beside its bar."""
    if display_width(label) <= width:
        return label
    kept = ""
    for each in label:
        if display_width(kept + each) >= width:
            break
        kept += each
    return kept.rstrip() + "…"


def _standings(summary: OutcomeSummary, decided: int, lang: str) -> str:
    words = STANDING_WORDS[lang]
    shown = [
        f'<span class="s{place}">{escape(words[each])} {summary.standings[each]:,} '
        f"({share(summary.standings[each], decided)})</span>"
        for place, each in enumerate(STANDINGS)
        if summary.standings.get(each)
    ]
    return f'<p class="standings">{" ".join(shown)}</p>'


def _due(due: _Due, lang: str) -> str:
    words, customers = WORDS[lang], due.customers
    if due.classes:
        return _listed(due, lang)
    if not customers:
        return ""
    more = f"<p>{words['first'].format(count=len(customers))}</p>" if len(customers) == MOST_DUE else ""
    return f"<section><h2>{words['due']}</h2>{more}{_table(due.columns, customers)}</section>"


def _listed(due: _Due, lang: str) -> str:
    """The customers of every class in the order declared (of others the largest first), those of no class last."""
    words, parts = WORDS[lang], []
    order = declared_classes(due.layout.work.outcomes[due.layout.to_do[0]], lang)
    place = {class_: at for at, class_ in enumerate(order)}
    for class_ in sorted(due.classes, key=lambda each: (not each, place.get(each, len(order)), -due.counts[each])):
        customers, count = due.classes[class_], due.counts[class_]
        more = f"<p>{words['first'].format(count=len(customers))}</p>" if count > len(customers) else ""
        title = f"{class_ or words['open']} · {count:,}"
        parts.append(f"<h3>{escape(title)}</h3>{more}{_table(due.columns, customers)}")
    return f"<section><h2>{words['by class']}</h2>{''.join(parts)}</section>"


def _quality(summary: RunSummary, lang: str) -> str:
    words = WORDS[lang]
    rows = [_check(each, summary.rows, lang) for each in summary.quality or ()]
    missing = [
        (each.name, f"{each.missing:,}", share(each.missing, summary.decided))
        for each in summary.fields
        if each.missing
    ]
    parts = [_table(words["checks"].split("|"), rows, numbers=(2, 3))] if rows else [f"<p>{words['sound']}</p>"]
    if missing:
        parts.append(f"<h3>{words['missing']}</h3>{_table(words['fields'].split('|'), missing, numbers=(1, 2))}")
    notes = [describe(each, lang).message for each in summary.notes]
    if notes:
        parts.append("<ul>" + "".join(f"<li>{escape(each)}</li>" for each in notes) + "</ul>")
    return f"<section><h2>{words['quality']}</h2>{''.join(parts)}</section>"


def _check(finding: QualityFinding, rows: int, lang: str) -> tuple[str, ...]:
    name = (finding.label if lang == "zh" else None) or finding.field
    between = "、" if lang == "zh" else ", "
    first = between.join(map(str, finding.rows))
    return check_name(finding, lang), name, f"{finding.count:,}", share(finding.count, rows), first


def _rules(summary: RunSummary, lang: str) -> str:
    if not summary.never_fired:
        return ""
    never = [each for each in summary.never_fired if each not in summary.overruled]
    sections = []
    for title, rules in (("never", never), ("overruled", summary.overruled)):
        items = "".join(f"<li>{escape(each)}</li>" for each in rules)
        sections += [f"<section><h2>{WORDS[lang][title]}</h2><ul>{items}</ul></section>"] if rules else []
    return "".join(sections)


def _table(titles: Iterable[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    def cells(tag: str, row: Iterable[str]) -> str:
        kinds = [' class="n"' if place in numbers else "" for place in range(max(numbers, default=0) + 1)]
        return "".join(f"<{tag}{kind}>{escape(each)}</{tag}>" for each, kind in zip_longest(row, kinds, fillvalue=""))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{cells("th", titles)}</tr></thead><tbody>{body}</tbody></table></div>'
