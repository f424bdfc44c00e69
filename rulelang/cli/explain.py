"""``rulelang explain RULES DATA --row N`` and ``rulelang explain RULES FIELD=VALUE…``: why this answer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.customer_row import customer_values, wanted_customer
from rulelang.cli.failures import wrong_call
from rulelang.cli.further import allowed_changes, further, further_options
from rulelang.cli.inputs import Inputs, inputs
from rulelang.cli.json_output import as_json
from rulelang.cli.loading import elements_named, given_values, outcomes_named
from rulelang.cli.options import (
    cuts_option,
    format_option,
    outcome_option,
    read_pair,
    reveal_option,
    rules_argument,
    several,
)
from rulelang.cli.writing import replace_text

if TYPE_CHECKING:
    from rulelang.engine.deciding.population import Cuts
    from rulelang.engine.reading.customers import Reading
    from rulelang.engine.ruleset import Ruleset
    from rulelang.engine.sources.source import Source


@command(
    "explain",
    en="Says why a customer gets an answer: the rule that decided, those that did not win, what each condition saw, "
    "what is missing. The customer is one of a data file (customer_id=C1002, or --row) or given as FIELD=VALUE.",
    zh="说明某个客户为何得到这个结论：采用的规则、符合但未采用的规则、各条件看到的内容和缺少的资料。"
    "客户可以是数据文件中的一位（客户编号=C1002，或--row），也可以用 字段=值 给出。",
)
@rules_argument()
@argument(
    "customer",
    nargs=-1,
    required=True,
    metavar=("DATA|FIELD=VALUE", "数据|字段=值"),
    en="a data file and whom of it (customer_id=C1002, or --row), or what is known of the customer: "
    "last_purchase=2025-01-31",
    zh="数据文件和其中的客户（客户编号=C1002，或--row），或客户的资料：最近购买=2025-01-31",
)
@option(
    "--row",
    type=int,
    metavar=("N", "行号"),
    en="row of the data file, as messages and spreadsheets count it: the column titles are row 1",
    zh="数据文件的行号，与信息和电子表格中的行号一致：列名行为第1行",
)
@outcome_option()
@option(
    "--each",
    "each",
    multiple=True,
    metavar=("LIST[=N]", "明细[=N]"),
    en="also what was decided for each record of a list, or for its Nth (from 1): --each orders=2; may be repeated",
    zh="一并说明对每条明细的判定，或只说明第N条（从1起）：--each 订单=2；可重复使用",
)
@option(
    "--certificate",
    metavar=("FILE", "文件"),
    en="write a certificate to this file: the outcomes, the inputs they rest on, the day and the fingerprint; "
    "“rulelang verify” replays it",
    zh="把凭证写入此文件：结论、所依据的资料、基准日和指纹；用“rulelang verify”重放",
)
@option(
    "--mask",
    "masked",
    multiple=True,
    metavar=("FIELD", "字段"),
    en="a field whose value is not to stand in the certificate; “personal” masks all that are personal or sensitive; "
    "may be repeated",
    zh="凭证中要遮盖的字段；写personal则遮盖所有个人和敏感字段；可重复使用",
)
@several(further_options())
@reveal_option()
@option("--with-rules", is_flag=True, en="put the rules into the certificate", zh="把规则一并放入凭证")
@inputs(cuts_option(), format_option("text", "json"))
@click.pass_obj
def cli(
    console: Console,
    rules: str,
    customer: tuple[str, ...],
    row: int | None,
    wanted: tuple[str, ...],
    each: tuple[str, ...],
    certificate: str | None,
    masked: tuple[str, ...],
    why_not: tuple[str, ...],
    changed: tuple[str, ...],
    kept: tuple[str, ...],
    costs: tuple[str, ...],
    margins: bool,
    worth: bool,
    reveal: bool,
    with_rules: bool,
    cuts_file: str | None,
    form: str,
    inputs: Inputs,
) -> None:
    """Decides for one customer and prints why."""
    from rulelang.report.explanation import decision_json, decision_text

    if worth:
        if len(customer) != 1 or row is not None:
            raise wrong_call("extra-argument", found=customer[1:] or ("--row",))
        with ExitStack() as stack:
            source = inputs.open(customer[0], stack, rules)
            ruleset = inputs.ruleset(rules, source)
            source = inputs.with_last_run(source, ruleset.model, stack)
            reading = inputs.reading(stack, source, ruleset.model)
            _worth_asking(console, ruleset, inputs.as_of, wanted, source, reading, form)
        return
    if row is None and not _is_file(customer[0]):
        if inputs.tables or inputs.previous:
            raise wrong_call("explain-needs-row")
        ruleset = inputs.ruleset(rules)
        values: dict[str, object] = dict(given_values(ruleset, customer, "explain"))
    else:
        chosen_row = wanted_customer(row, customer[1:])
        with ExitStack() as stack:
            source = inputs.open(customer[0], stack, rules)
            ruleset = inputs.ruleset(rules, source)
            source = inputs.with_last_run(source, ruleset.model, stack)
            if inputs.keys and not inputs.tables and inputs.previous is None:
                raise wrong_call("key-without-list")
            reading = inputs.reading(stack, source, ruleset.model)
            said = inputs.maps(source, ruleset.model).pairs
            values = customer_values(ruleset, source, chosen_row, reading, said, reveal)
            if ruleset.model.measures and cuts_file is None:
                ruleset = ruleset.with_cuts(_counted(ruleset, source, inputs.as_of, reading))
    if cuts_file is not None:
        from rulelang.engine.reading.cut_files import load_cuts

        ruleset = ruleset.with_cuts(load_cuts(Path(cuts_file), ruleset.model, ruleset.fingerprint))
    outcomes = outcomes_named(ruleset.model, wanted)
    decision = ruleset.decide(values, inputs.as_of)
    if certificate is not None:
        from rulelang.engine.deciding.certificate import certificate as certified

        fields = _masked(ruleset, masked)
        chosen = dict(read_pair(each, "--set", "THRESHOLD=VALUE") for each in inputs.settings)
        text = certified(decision, ruleset, outcomes, rules, chosen, fields, with_rules)
        replace_text(Path(certificate), text)
        console.message(console.say(f"written to {certificate}", f"已写入{certificate}"))
    measured = None if ruleset.cuts is None else ruleset.measured.read(values)
    allowed = allowed_changes(ruleset, changed, kept, costs)
    more = further(console, ruleset, decision, outcomes, why_not, allowed, margins, reveal, measured)
    elements = [element for one in each for element in elements_named(decision, one)]
    if form == "json":
        facts = {**decision_json(decision, outcomes, console.lang, reveal, elements), **more.data}
        console.print(as_json(facts))
    else:
        text = decision_text(decision, outcomes, console.lang, console.style, reveal, elements)
        console.print("\n\n".join([text, *more.texts]))
        console.report(decision.problems)


def _worth_asking(
    console: Console,
    ruleset: Ruleset,
    as_of: date | None,
    wanted: Sequence[str],
    source: Source,
    reading: Reading,
    form: str,
) -> None:
    """Prints which missing fields close how many open cases."""
    from rulelang.engine.advice.worth_asking import worth_asking
    from rulelang.report.further import asked_json, asked_text

    outcomes = [each for each in outcomes_named(ruleset.model, wanted) if each in ruleset.model.outcomes]
    asked = worth_asking(ruleset, ruleset.as_of(as_of), outcomes, source, reading)
    if form == "json":
        console.print(as_json(asked_json(asked)))
    else:
        console.print(asked_text(asked, console.lang, console.style))


def _is_file(argument: str) -> bool:
    """Whether an argument is a data file, not FIELD=VALUE."""
    if argument == "-" or "://" in argument or Path(argument).exists():
        return True
    return "=" not in argument and "＝" not in argument and bool(Path(argument).suffix)


def _masked(ruleset: Ruleset, names: Sequence[str]) -> tuple[str, ...]:
    """The fields to be masked, by name. Raises CommandError (``unknown-field-option``)."""
    from rulelang.engine.deciding.certificate import PERSONAL

    fields = ruleset.model.fields
    private = [each.name for each in fields.values() if each.privacy] if PERSONAL in names else []
    others = [each for each in names if each != PERSONAL]
    return (*private, *given_values(ruleset, [f"{each}=–" for each in others], "--mask"))


def _counted(ruleset: Ruleset, source: Source, as_of: date | None, reading: Reading) -> Cuts:
    """The cut points of all customers of the data, as a run of it finds them."""
    from rulelang.engine.run import RunOptions, run

    options = RunOptions(as_of, reading.pairs, reading.options, lists=reading.lists, quality="off")
    found = run(ruleset, source, options).cuts
    assert found is not None
    return found
