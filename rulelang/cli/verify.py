"""``rulelang verify FILE [RULES]``: replays a certificate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE
from rulelang.cli.json_output import as_json
from rulelang.cli.loading import given_values, load_ruleset, with_settings
from rulelang.cli.options import format_option, plugin_option

if TYPE_CHECKING:
    from rulelang.engine.deciding.verifying import Certificate, Verified
    from rulelang.engine.ruleset import Ruleset


@command(
    "verify",
    en="Replays a certificate that “rulelang explain --certificate” wrote: whether it is as it was written (each byte, "
    "spaces and line ends too), whether the rules are the same, and whether they decide the same again. Nothing is "
    "fetched from anywhere. Exit code 1 where it does not hold, or can't be replayed because inputs are masked.",
    zh="重放“rulelang explain --certificate”写的凭证：文件是否原样（逐字节，空格与换行也算）、规则是否相同、"
    "再次判定的结论是否相同。不联网。"
    "凭证不成立，或因资料被遮盖而无法重放时，退出码为1。",
)
@argument("file", metavar=("FILE", "凭证"), en="the certificate", zh="凭证文件")
@argument(
    "rules",
    required=False,
    metavar=("RULES", "规则"),
    en="the rules (default: those in the certificate, or those it names)",
    zh="规则（默认用凭证中所含的，或凭证中所写名称的）",
)
@option(
    "--given",
    multiple=True,
    metavar=("FIELD=VALUE", "字段=值"),
    en="the value of a masked input, where you know it; may be repeated",
    zh="已知的被遮盖资料的值；可重复使用",
)
@format_option("text", "json")
@plugin_option()
@click.pass_obj
def cli(
    console: Console,
    file: str,
    rules: str | None,
    given: tuple[str, ...],
    form: str,
    plugin_folders: tuple[Path, ...],
) -> int:
    """Reads, replays, and says what came of it."""
    from rulelang.diagnostics.export import finding_json
    from rulelang.engine.deciding.verifying import read_certificate, verify

    certificate = read_certificate(Path(file).read_bytes(), file)
    ruleset = _ruleset(certificate, rules, plugin_folders)
    verified = verify(certificate, ruleset, given_values(ruleset, given))
    if form == "json":
        facts = {
            "holds": verified.holds,
            "masked": list(verified.masked),
            "given": list(verified.given),
            "as_of": certificate.data["as_of"],
            "fingerprint": certificate.data["rules"]["fingerprint"],
            "outcomes": certificate.data["outcomes"],
            "findings": [finding_json(each, console.lang) for each in verified.findings],
        }
        console.print(as_json(facts))
    else:
        console.print(_text(console, certificate, verified, ruleset))
        console.report(verified.findings)
    return FINE if verified.holds else FINDINGS


def _ruleset(certificate: Certificate, rules: str | None, plugin_folders: tuple[Path, ...]) -> Ruleset:
    """The rules to replay with: those named, those in the certificate, those it names."""
    from rulelang.engine.deciding.verifying import embedded

    model = None if rules is not None else embedded(certificate, plugin_folders)
    if model is not None:
        from rulelang.engine.ruleset import Ruleset

        return Ruleset(model)
    ruleset = load_ruleset(rules or certificate.reference, None, plugin_folders)
    return with_settings(ruleset, [f"{name}={value}" for name, value in certificate.data["set"].items()])


def _text(console: Console, certificate: Certificate, verified: Verified, ruleset: Ruleset) -> str:
    """The outcomes, each with what came of it."""
    from rulelang.diagnostics.wording import show_value
    from rulelang.engine.running.output import outcome_name
    from rulelang.explain.words import STANDINGS

    style, lang = console.style, console.lang
    data: Any = certificate.data
    wrong = {each.facts.get("outcome") for each in verified.findings}
    lines = []
    for name, each in data["outcomes"].items():
        declared = ruleset.model.outcomes.get(name)
        shown = name if declared is None else outcome_name(declared, lang)
        value = console.say("no answer", "没有结论") if each["value"] is None else _shown(each["value"], declared, lang)
        standing = STANDINGS[lang][each["standing"]]
        text = f"{shown}：{value}（{standing}）" if lang == "zh" else f"{shown}: {value} ({standing})"
        if name in verified.masked:
            said, role = console.say("not replayed: inputs are masked", "资料被遮盖，未能重放"), "warning"
        elif wrong == {None}:
            said, role = console.say("not replayed", "未重放"), "error"
        elif name in wrong:
            said, role = console.say("does not hold", "不成立"), "error"
        else:
            said, role = _holds(console, ruleset, verified.given), "good"
        lines.append(f"{text}{console.say(': ', '：')}{style.paint(said, role)}")
        reason = each["reason"].get(lang)
        lines += [f"  {reason}"] if reason else []
    if verified.holds:
        lines.append(
            console.say(
                "These rules give these answers to the inputs in the certificate; whether the inputs are the "
                "customer's it can't tell.",
                "以上说明：这些规则对凭证中的资料得出这些结论；资料是否属实，凭证无法说明。",
            )
        )
    day = show_value(certificate.day, lang)
    lines.append(
        style.paint(
            console.say(f"as of {day}, fingerprint ", f"基准日{day}，指纹") + str(data["rules"]["fingerprint"]), "faint"
        )
    )
    return "\n".join(lines)


def _holds(console: Console, ruleset: Ruleset, given: tuple[str, ...]) -> str:
    """That an outcome holds, with values of masked inputs only the reader stands for where some were given."""
    if not given:
        return console.say("holds", "成立")
    from rulelang.explain.words import in_language

    fields = ruleset.model.fields
    names = ("、" if console.lang == "zh" else ", ").join(
        in_language(each, fields[each].label, console.lang) for each in given
    )
    return console.say(
        f"holds with the {names} that you gave; whether it is the true one can't be told",
        f"以您给出的{names}重放，成立；所给是否属实，无从判断",
    )


def _shown(value: Any, declared: Any, lang: str) -> str:
    from rulelang.engine.running.output import speller
    from rulelang.values.durations import Duration
    from rulelang.vocabulary.types import Length

    if isinstance(value, list):
        return ("、" if lang == "zh" else ", ").join(_shown(each, declared, lang) for each in value)
    if declared is not None and isinstance(declared.type, Length) and isinstance(value, int):
        value = Duration(value, declared.type.unit)
    return str(value if declared is None else speller(declared, lang, typed=False)(value))
