"""The rule file that puts customers into the groups: a rule for each, in one language with the words of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from attrs import frozen

from rulelang.diagnostics.position import Source
from rulelang.grouping.measures import Measure, one_of, written_name, written_type
from rulelang.grouping.ways import Way
from rulelang.syntax.format import format_text
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice

OUTCOME, OUTCOME_LABEL = "customer_group", "客户群"
_HEADS = {
    "en": "# Groups of similar customers, found in {source} on {day} by {fields}.\n"
    "# Their titles say what sets each apart; change titles and rules as you see fit.\n",
    "zh": "# 相似客户分组：{day}按{fields}从{source}得出。\n# 标题说明各组的特点；标题和规则都可以按需要修改。\n",
}


@frozen
class Described:
    """A group to be written: its number from 1, what sets it apart (English, Chinese), the ways into it."""

    number: int
    title: tuple[str, str]
    ways: tuple[Way, ...]

    @property
    def key(self) -> str:
        """The value of the outcome."""
        return f"group_{self.number}"

    @property
    def label(self) -> str:
        """The same in Chinese."""
        return f"第{self.number}组"


def write_rules(
    measures: Sequence[Measure], groups: Sequence[Described], source: str, as_of: date, language: str
) -> str:
    """The text of the file in the standard layout."""
    compared = list(dict.fromkeys(each.field for each in measures))
    asked = {field for each in groups for way in each.ways for field in way}
    fields = [each for each in compared if each in asked]
    lines = ['ruleset "Groups of similar customers" ("相似客户分组") version 1', ""]
    lines += [_declaration(each) for each in fields]
    members = ", ".join(f"{each.key} ({each.label})" for each in groups)
    lines += [f"outcome {OUTCOME} ({OUTCOME_LABEL}): one of {members}, undecided when data is missing", ""]
    for each in groups:
        lines += [*_rule(each, measures), ""]
    names = _chinese_names(compared, groups) if language == "zh" else {}
    head = _HEADS[language].format(
        source=source,
        day=as_of.isoformat(),
        fields=("、" if language == "zh" else ", ").join(names.get(each.name, each.name) for each in compared),
    )
    printed = format_text(Source("groups.rules", "\n".join(lines)), language, rename=lambda name: names.get(name, name))
    if printed.diagnostics:
        raise AssertionError(printed.diagnostics)
    return f"{head}\n{printed.text}"


def _declaration(field: Field) -> str:
    label = f" ({written_name(field.label)})" if field.label else ""
    return f"field {written_name(field.name)}{label}: {written_type(field.type)}"


def _rule(group: Described, measures: Sequence[Measure]) -> Iterator[str]:
    english, chinese = group.title
    yield f'rule "Group {group.number}: {_quoted(english)}" ("{group.label}：{_quoted(chinese)}"):'
    ways = [" and ".join(_sentences(way, measures)) for way in group.ways]
    if not ways[0]:
        yield f"  always {OUTCOME} = {group.key}"
    elif len(ways) == 1:
        yield f"  if {ways[0]}"
        yield f"  then {OUTCOME} = {group.key}"
    else:
        yield "  if any of"
        yield from (f"    - {each}" for each in ways)
        yield f"  then {OUTCOME} = {group.key}"
    asked = dict.fromkeys(each.field for each in measures if any(each.field in way for way in group.ways))
    if not asked:
        return
    english = ", ".join(f"{each.name} {{{each.name}}}" for each in asked)
    chinese = "，".join(f"{each.label or each.name}{{{each.label or each.name}}}" for each in asked)
    yield f'  because "{english}" ("{chinese}")'


def _sentences(way: Way, measures: Sequence[Measure]) -> Iterator[str]:
    """What a way asks for, in the order of the fields."""
    for measure in {each.field: each for each in measures}.values():
        asked = way.get(measure.field)
        if isinstance(asked, frozenset):
            yield one_of(measure.field, asked)
        elif asked is not None:
            yield from measure.conditions(asked.above, asked.upto)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _chinese_names(fields: Sequence[Field], groups: Sequence[Described]) -> Mapping[str, str]:
    """The Chinese name of everything that has one."""
    choices = [each.type for each in fields if isinstance(each.type, Choice)]
    pairs = [(OUTCOME, OUTCOME_LABEL), *((each.name, each.label) for each in fields)]
    pairs += [(member.key, member.label) for type_ in choices for member in type_.members]
    pairs += [(each.key, each.label) for each in groups]
    return {name: label for name, label in pairs if label}
