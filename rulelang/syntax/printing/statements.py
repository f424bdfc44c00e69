"""Prints statements, each as lines that remember where in the file they came from (for the comments)."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from rulelang.diagnostics.position import Span, display_width
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.printing.expressions import print_lines, print_one
from rulelang.syntax.printing.speller import Speller
from rulelang.syntax.words import CJK

WIDTH = 100


@frozen
class Line:
    """One printed line: its text with its indent, and the offset in the source of what it prints."""

    text: str
    anchor: int


def print_statement(statement: s.Statement, speller: Speller, width: int = WIDTH) -> list[Line]:
    """The lines of a statement."""
    return _Statements(speller, width).lines(statement)


@frozen
class _Statements:
    """Prints the statements of one file in one language."""

    speller: Speller
    width: int

    def lines(self, statement: s.Statement) -> list[Line]:
        match statement:
            case s.RuleStatement():
                return self.rule(statement)
            case s.ForEachStatement():
                head = self.speller.fill("for_each", self.name(statement.element))
                return [Line(head, statement.span.start), *self.sentences(statement.sentences, 2)]
            case s.TableStatement():
                return self.table(statement)
            case s.ExampleStatement():
                return self.example(statement)
            case s.RequireStatement() | s.DefineStatement() | s.LetStatement():
                return self.long(statement)
        return [Line(self.short(statement), statement.span.start)]

    def name(self, name: t.Name) -> str:
        return self.speller.name(name.text, name.quoted)

    def label(self, label: str | None) -> str:
        return "" if label is None else self.speller.fill("label", self.plain_name(label))

    def plain_name(self, name: str) -> str:
        speller = self.speller
        return speller.name(name) if speller.rename(name) == name else speller.rename(name)

    def note(self, note: t.TextLiteral | None) -> str:
        return "" if note is None else self.speller.fill("note", self.speller.literal(note))

    def named(self, name: str, label: str | None) -> tuple[str, str]:
        """A declared name and its label; the one in the printed language first."""
        wanted = self.speller.language == "zh"
        if label is not None and bool(CJK.search(name)) != wanted and bool(CJK.search(label)) == wanted:
            name, label = label, name
        return self.raw(name), "" if label is None else self.speller.fill("label", self.raw(label))

    def raw(self, name: str) -> str:
        """A name where it is declared: never renamed."""
        needs = any(each in name for each in ' \t:()=,，、;|"“”「」『』<>.#：（）＝；｜＜＞＃．')
        quoted = needs or name[0].isdigit() or name in self.speller.quoted or self.speller.holds_reserved(name)
        return self.speller.fill("quoted_name", name) if quoted else name

    # --- one line each ---

    def short(self, statement: s.Statement) -> str:
        fill, spell = self.speller.fill, self.speller
        match statement:
            case s.RulesetStatement():
                version = "" if statement.version is None else fill("version", str(statement.version))
                validity = self.validity("ruleset", statement.valid_from, statement.valid_until)
                return fill("ruleset", title=spell.literal(statement.title), version=version, validity=validity)
            case s.UseStatement(plugins):
                return fill("use", spell.names([spell.name(each) for each in plugins]))
            case s.ExtendsStatement(path, number, code):
                version = "" if number is None else fill("version", str(number))
                currency = "" if code is None else fill("restated_in", fill(f"currency_{code}"))
                return fill("extends", spell.text(path), version, currency)
            case s.RemoveStatement(rule):
                return fill("remove", spell.text(rule))
            case s.ThresholdStatement():
                name, label = self.named(statement.name.text, statement.label)
                dated = "".join(
                    fill("dated", spell.date(day), print_one(value, spell)) for day, value in statement.dated
                )
                value = print_one(statement.value, spell)
                note = self.note(statement.note)
                before = statement.instead_of
                instead = "" if before is None else fill("instead", print_one(before, spell))
                return fill("threshold", name=name, label=label, value=value, instead=instead, dated=dated, note=note)
            case s.FieldStatement() | s.OutcomeStatement():
                return self.declared(statement)
            case s.ChoiceStatement(file=str() as file):
                name, label = self.named(statement.name, statement.label)
                column, note = self.column(statement.column), self.note(statement.note)
                return fill("choice_file", name=name, label=label, file=spell.text(file), column=column, note=note)
            case s.ChoiceStatement():
                comma = "ordered_comma" if statement.ordered else "list_comma"
                members = self.speller.patterns[comma].join(self.member(each) for each in statement.members)
                name, label = self.named(statement.name, statement.label)
                return fill("choice", name=name, label=label, members=members, note=self.note(statement.note))
            case s.ListStatement():
                return self.reference_list(statement)
            case s.HolidaysStatement(file):
                return fill("holidays", file=spell.text(file), note=self.note(statement.note))
        raise AssertionError(type(statement))

    def validity(self, kind: str, start: date | None, until: date | None) -> str:
        date_ = self.speller.date
        if start is not None and until is not None:
            return self.speller.fill(f"{kind}_both", date_(start), date_(until))
        if start is not None:
            return self.speller.fill(f"{kind}_from", date_(start))
        return "" if until is None else self.speller.fill(f"{kind}_until", date_(until))

    def declared(self, statement: s.FieldStatement | s.OutcomeStatement) -> str:
        name, label = self.named(statement.name, statement.label)
        facts = {
            "name": name,
            "label": label,
            "type": self.type(statement.type),
            "attributes": "".join(self.attribute(each, bool(statement.type.members)) for each in statement.attributes),
            "note": self.note(statement.note),
        }
        if isinstance(statement, s.FieldStatement):
            return self.speller.fill("field", **facts)
        if statement.element is not None:
            return self.speller.fill("outcome_element", element=self.speller.rename(statement.element), **facts)
        return self.speller.fill("outcome", **facts)

    def member(self, member: s.Member) -> str:
        name, label = self.named(member.name, member.label)
        return name + label

    def type(self, type_: s.TypeSyntax) -> str:
        fill = self.speller.fill
        members = [self.member(each) for each in type_.members]
        match type_.kind:
            case "money" if type_.currency is not None:
                return fill("type_money_in", fill(f"currency_{type_.currency}"))
            case "money" if type_.name is not None:
                return fill("type_money_in", self.speller.name(type_.name))
            case "number" if type_.decimals is not None:
                return fill("type_number_decimals", str(type_.decimals))
            case "duration":
                return fill(f"type_duration_{type_.unit}")
            case "one_of":
                return fill("type_one_of", self.speller.names(members))
            case "ordered":
                return self.speller.patterns["ordered_comma"].join(members)
            case "named":
                return self.speller.name(type_.name or "")
            case "list":
                elements = self.speller.patterns["comma"].join(self.element(each) for each in type_.elements)
                if type_.name is None:
                    return fill("type_list_unnamed", "", elements)
                return fill("type_list", self.speller.name(type_.name), elements)
        return fill(f"type_{type_.kind}")

    def element(self, element: s.ElementField) -> str:
        name, label = self.named(element.name, element.label)
        colon = self.speller.patterns["colon"]
        attributes = "".join(self.attribute(each, bool(element.type.members)) for each in element.attributes)
        return f"{name}{label}{colon}{self.type(element.type)}{attributes}"

    def attribute(self, attribute: s.Attribute, after_members: bool = False) -> str:
        """An attribute; after members a measure word goes into quotation marks, or it would be one more of them."""
        pattern = f"attribute_{attribute.kind}"
        if attribute.kind == "counted_in":
            (word,) = attribute.values
            assert isinstance(word, t.TextLiteral)
            own = word.text in self.speller.measures and word.text.isascii() == (self.speller.language != "zh")
            plain = own and not after_members
            shown = self.raw(word.text) if plain else self.speller.text(word.text)
            return self.speller.fill(pattern if plain else f"{pattern}_text", shown)
        values = [print_one(each, self.speller) for each in attribute.values]
        if attribute.kind == "changeable":
            pattern += ("", "_cost", "_per")[len(values)]
        if attribute.kind == "missing_written":
            return self.speller.fill(pattern, self.speller.patterns["attribute_or"].join(values))
        return self.speller.fill(pattern, *values)

    def reference_list(self, statement: s.ListStatement) -> str:
        spell = self.speller
        name, label = self.named(statement.name.text, statement.label)
        note = self.note(statement.note)
        if statement.file is None:
            values = spell.names([spell.text(each) for each in statement.values])
            return spell.fill("list_values", name=name, label=label, values=values, note=note)
        column = self.column(statement.column)
        return spell.fill(
            "list_file", name=name, label=label, file=spell.text(statement.file), column=column, note=note
        )

    def column(self, column: str | None) -> str:
        """Which column of a file is meant, where one is named."""
        if column is None:
            return ""
        return self.speller.fill(
            "list_column", self.speller.text(column) if _needs_quotes(column, self.speller) else column
        )

    # --- several lines ---

    def long(self, statement: s.LetStatement | s.DefineStatement | s.RequireStatement) -> list[Line]:
        spell = self.speller
        node = statement.value if isinstance(statement, s.LetStatement) else statement.condition
        value = print_lines(node, spell, self.width)
        if isinstance(statement, s.RequireStatement):
            text = spell.fill("require", value="\0", note=self.note(statement.note))
        elif isinstance(statement, s.LetStatement):
            name, label = self.named(statement.name.text, statement.label)
            text = spell.fill("let", name=name, label=label, value="\0")
        else:
            name, label = self.named(statement.name.text, statement.label)
            names = spell.names([self.name(each) for each in statement.parameters])
            parameters = spell.fill("parameters", names) if statement.parameters else ""
            text = spell.fill("define", name=name, label=label, parameters=parameters, value="\0")
        before, after = text.split("\0")
        texts = [before + value[0], *("    " + line for line in value[1:])]
        texts[-1] += after
        return _lines(texts, node.span, statement.span.start)

    def rule(self, statement: s.RuleStatement) -> list[Line]:
        if statement.title is None:
            return self.sentences(statement.sentences, 0)
        head = self.speller.fill("rule", title=self.speller.literal(statement.title), options=self.options(statement))
        if statement.replaces:
            head = self.speller.fill("replace", head)
        return [Line(head, statement.span.start), *self.sentences(statement.sentences, 2)]

    def options(self, statement: s.RuleStatement) -> str:
        fill, text = self.speller.fill, self.speller.text
        parts = []
        if statement.priority is not None:
            parts.append(fill("priority", str(statement.priority)))
        if statement.switched_off:
            parts.append(fill("switched_off"))
        dates = [self.speller.date(each) for each in (statement.valid_from, statement.valid_until) if each is not None]
        if dates:
            kind = "from" if statement.valid_until is None else "until" if statement.valid_from is None else "both"
            parts.append(fill(f"valid_{kind}", *dates))
        if statement.before is not None:
            parts.append(fill("before_rule", text(statement.before)))
        if statement.after is not None:
            parts.append(fill("after_rule", text(statement.after)))
        return "".join(parts)

    def sentences(self, sentences: tuple[s.Sentence, ...], indent: int) -> list[Line]:
        lines: list[Line] = []
        for sentence in sentences:
            for number, branch in enumerate(sentence.branches):
                further = 2 if number and not indent else 0
                lines.extend(self.branch(branch, indent + further, number > 0))
        return lines

    def branch(self, branch: s.BranchSyntax, indent: int, otherwise: bool) -> list[Line]:
        spell, pad = self.speller, " " * indent
        actions = [(self.action(each), each.span.start) for each in branch.actions]
        flat = spell.patterns["comma"].join(text for text, _ in actions)
        reason = (
            []
            if branch.reason is None
            else [Line(pad + spell.fill("because", spell.literal(branch.reason)), branch.reason.span.start)]
        )
        if branch.condition is None:
            word = "otherwise" if otherwise else "always"
            return [*self.wrapped(pad, word, actions, flat, branch.span.start), *reason]
        opening = "otherwise_if" if otherwise else "if"
        condition = print_lines(branch.condition, spell, self.width - indent - 3)
        first = spell.fill(opening, condition[0])
        conclusion = spell.fill("then", flat)
        whole = spell.fill("one_line", first, conclusion)
        start = branch.span.start
        if len(condition) == 1 and display_width(pad + whole) <= self.width and not reason and "\n" not in whole:
            return [Line(pad + whole, start)]
        texts = [pad + first, *(pad + "   " + line for line in condition[1:])]
        lines = _lines(texts, branch.condition.span, start)
        return [*lines, *self.wrapped(pad, "then", actions, flat, branch.actions[0].span.start), *reason]

    def wrapped(self, pad: str, word: str, actions: list[tuple[str, int]], flat: str, anchor: int) -> list[Line]:
        one = pad + self.speller.fill(word, flat)
        if display_width(one) <= self.width or len(actions) == 1:
            return [Line(one, anchor)]
        comma = self.speller.patterns["comma"].rstrip()
        texts = [text + (comma if number < len(actions) - 1 else "") for number, (text, _) in enumerate(actions)]
        lines = [Line(pad + self.speller.fill(word, texts[0]), anchor)]
        return [*lines, *(Line(pad + "     " + text, at) for text, (_, at) in zip(texts[1:], actions[1:], strict=True))]

    def action(self, action: s.Action) -> str:
        spell = self.speller
        value = print_one(action.value, spell)
        if action.kind == "tag":
            return spell.fill("tag", value)
        assert action.target is not None
        target = self.name(action.target)
        if action.element is not None:
            target = f"{self.name(action.element)}.{target}"
        if action.kind == "add":
            pattern = "put" if isinstance(action.value, t.TextLiteral | t.Name) else "add"
            if isinstance(action.value, t.Negative) and spell.has("subtract"):
                pattern, value = "subtract", print_one(action.value.operand, spell)
            return spell.fill(pattern, target, value)
        caps = "" if action.at_least is None else spell.fill("cap_at_least", print_one(action.at_least, spell))
        caps += "" if action.at_most is None else spell.fill("cap_at_most", print_one(action.at_most, spell))
        return spell.fill("set", target, value) + caps

    def table(self, statement: s.TableStatement) -> list[Line]:
        spell = self.speller
        policy = ""
        if statement.policy is not None:
            policy = spell.fill("table_policy", spell.fill(f"table_{statement.policy}"))
        title = spell.literal(statement.title)
        start = statement.span.start
        if statement.file is not None:
            sheet = "" if statement.sheet is None else spell.fill("table_sheet", spell.text(statement.sheet))
            text = spell.fill("table_file", title=title, policy=policy, file=spell.text(statement.file), sheet=sheet)
            return [Line(text, start)]
        texts = _table(statement.rows)
        head = spell.fill("table", title=title, policy=policy)
        return [Line(head, start), *(Line(text, start + number + 1) for number, text in enumerate(texts))]

    def example(self, statement: s.ExampleStatement) -> list[Line]:
        spell = self.speller
        as_of = "" if statement.as_of is None else spell.fill("example_as_of", spell.date(statement.as_of))
        lines = [Line(spell.fill("example", title=spell.literal(statement.title), as_of=as_of), statement.span.start)]
        lines += self.pairs("given", statement.given)
        for each in statement.records:
            lines.append(Line("  " + spell.fill("given_records", self.name(each.list)), each.span.start))
            lines += _records(each)
        return lines + self.pairs("expect", statement.expect)

    def pairs(self, word: str, pairs: tuple[s.ExamplePair, ...]) -> list[Line]:
        if not pairs:
            return []
        text = self.speller.patterns["comma"].join(self.pair(each) for each in pairs)
        return [Line("  " + self.speller.fill(word, text), pairs[0].span.start)]

    def pair(self, pair: s.ExamplePair) -> str:
        spell = self.speller
        if pair.rule is not None:
            return spell.fill("pair_rule", spell.text(pair.rule))
        assert pair.name is not None
        name = self.name(pair.name)
        if pair.standing is not None:
            pattern = f"standing_{pair.standing.replace(' ', '_')}"
            return spell.fill("pair_standing", name, spell.fill(pattern) if spell.has(pattern) else pair.standing)
        if pair.value is None:
            return spell.fill("pair_missing", name)
        return spell.fill("pair", name, print_one(pair.value, spell))


def _table(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    """The rows of a table under one another, with a line below the heads."""
    columns = max(len(row) for row in rows)
    filled = [(*row, *[""] * (columns - len(row))) for row in rows]
    widths = [max(3, *(display_width(row[index]) for row in filled)) for index in range(columns)]
    texts = [_row(row, widths) for row in filled]
    return [texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]]


def _records(records: s.ExampleRecords) -> list[Line]:
    """The rows of records, each at the place it was written."""
    head, line, *rows = _table(records.rows)
    starts = [each.start for each in records.places] or [records.span.start + number for number in range(len(rows) + 1)]
    found = [Line("  " + head, starts[0]), Line("  " + line, starts[0] + 1)]
    return found + [Line("  " + row, start) for row, start in zip(rows, starts[1:], strict=True)]


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [cell + " " * (width - display_width(cell)) for cell, width in zip(cells, widths, strict=True)]
    return "| " + " | ".join(padded) + " |"


def _needs_quotes(column: str, speller: Speller) -> bool:
    return not column.isidentifier() or speller.language == "zh"


def _lines(texts: list[str], span: Span, start: int) -> list[Line]:
    """Lines of one condition: the first stands where the statement does, the others follow its beginning."""
    return [Line(text, start if number == 0 else span.start + number) for number, text in enumerate(texts)]
