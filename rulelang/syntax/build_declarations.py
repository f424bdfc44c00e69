"""From the parse tree to declarations: header, fields, outcomes, thresholds, lists, named values and conditions."""

from __future__ import annotations

from datetime import date
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.position import Source, Span
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.build_expressions import ExpressionBuilder
from rulelang.syntax.lalr import Node, Token
from rulelang.syntax.literals import text_value
from rulelang.syntax.phrases import CJK


def tokens(children: list[Any], *types: str) -> list[Token]:
    """The tokens of some terminals among the children of a node."""
    return [each for each in children if type(each) is Token and each.type in types]


def nodes(children: list[Any], *data: str) -> list[Any]:
    """The nodes among the children of a node, or those of some names."""
    return [each for each in children if type(each) is Node and (not data or each.data in data)]


@frozen
class DeclarationBuilder:
    """Builds the declarations of one file: one small method per rule of statements.lark."""

    source: Source
    expressions: ExpressionBuilder

    # --- header ---

    def on_ruleset(self, c: Any, span: Span) -> s.Statement:
        return s.RulesetStatement(self.text(c[1]), self.version(c), *self.validity(c), span=span)

    def version(self, c: list[Any]) -> int | None:
        """The number of a version, where one is said."""
        versions = nodes(c, "version")
        return self.whole(tokens(versions[0].children, "NUMBER")[0]) if versions else None

    def validity(self, c: list[Any]) -> tuple[date | None, date | None]:
        """The first and the last day, where they are said."""
        days: list[date | None] = []
        for kind in ("valid_from", "valid_until"):
            found = nodes(c, kind)
            days.append(self.expressions.date(tokens(found[0].children, "DATE_LITERAL")[0]) if found else None)
        return days[0], days[1]

    def whole(self, token: Token) -> int:
        return int(self.expressions.number(token).value)

    def on_use(self, c: Any, span: Span) -> s.Statement:
        return s.UseStatement(tuple(self.plain(each.children[0]) for each in nodes(c)), span=span)

    def on_extends(self, c: Any, span: Span) -> s.Statement:
        path = text_value(tokens(c, "TEXT_LITERAL")[0].text)
        wanted = [nodes(each.children, "currency")[0] for each in nodes(c, "restated_in")]
        currency = self.expressions.currency(wanted[0]) if wanted else None
        return s.ExtendsStatement(path, self.version(c), currency, span=span)

    def plain(self, token: Token) -> str:
        return text_value(str(token)) if token.type == "TEXT_LITERAL" else str(token)

    def text(self, node: Any) -> t.TextLiteral:
        if isinstance(node, Token):
            return t.TextLiteral(text_value(str(node)), span=self.expressions.span(node))
        built = self.expressions.expression(node)
        assert isinstance(built, t.TextLiteral)
        return built

    def label(self, children: list[Any]) -> str | None:
        found = nodes(children, "label")
        return str(found[0].children[0]) if found else None

    def note(self, children: list[Any]) -> t.TextLiteral | None:
        found = nodes(children, "note")
        return self.text(found[0].children[-1]) if found else None

    # --- vocabulary ---

    def on_threshold(self, c: Any, span: Span) -> s.Statement:
        others = ("label", "instead", "dated_after", "dated_before", "note")
        value = next(each for each in nodes(c) if each.data not in others)
        replaced = [self.expressions.expression(each.children[-1]) for each in nodes(c, "instead")]
        dated = []
        for each in nodes(c, "dated_after", "dated_before"):
            day = self.expressions.date(tokens(each.children, "DATE_LITERAL")[0])
            later = next(part for part in nodes(each.children) if part.data != "dated_separator")
            dated.append((day, self.expressions.expression(later)))
        name, first = self.expressions.name(c[1]), self.expressions.expression(value)
        before = replaced[0] if replaced else None
        return s.ThresholdStatement(
            name, self.label(c), first, tuple(dated), self.note(c), instead_of=before, span=span
        )

    def on_field(self, c: Any, span: Span) -> s.Statement:
        type_, attributes = self.typed(c)
        return s.FieldStatement(str(c[1]), self.label(c), type_, attributes, self.note(c), span=span)

    def on_outcome(self, c: Any, span: Span) -> s.Statement:
        type_, attributes = self.typed(c)
        names = [str(each) for each in tokens(c, "NEW_NAME")]
        element = names[0] if len(names) > 1 else None
        return s.OutcomeStatement(names[-1], self.label(c), type_, attributes, self.note(c), element, span=span)

    def typed(self, c: list[Any]) -> tuple[s.TypeSyntax, tuple[s.Attribute, ...]]:
        """The type and the attributes of a declaration; further members of a ``one of`` stand among the attributes."""
        node = next(each for each in nodes(c) if hasattr(self, f"type_{each.data}"))
        type_: s.TypeSyntax = getattr(self, f"type_{node.data}")(node.children, self.expressions.span(node))
        members, attributes = list(type_.members), []
        for item in nodes(c, "item", "member_item"):
            part = next(iter(nodes(item.children)))
            if item.data == "member_item":
                if type_.kind not in ("one_of", "ordered"):
                    raise self.expressions.refuse(
                        "unexpected-text", part, found=self.expressions.written(part), expected=""
                    )
                members.append(self.member(part))
            elif part.data == "money_unit":
                type_ = evolve(type_, currency=self.expressions.currency(nodes(part.children, "currency")[0]))
            else:
                attributes.append(self.attribute(part))
        return evolve(type_, members=tuple(members)), tuple(attributes)

    def on_choice(self, c: Any, span: Span) -> s.Statement:
        body = nodes(c, "ordered", "unordered")[0]
        members = tuple(self.member(each) for each in nodes(body.children, "member"))
        ordered = body.data == "ordered"
        return s.ChoiceStatement(str(c[1]), self.label(c), ordered, members, self.note(c), span=span)

    def on_choice_from_file(self, c: Any, span: Span) -> s.Statement:
        file, column = self.file_and_column(c)
        return s.ChoiceStatement(str(c[1]), self.label(c), False, (), self.note(c), file, column, span=span)

    def member(self, node: Node) -> s.Member:
        name = self.plain(node.children[0].children[0])
        labels = nodes(node.children, "member_label")
        label = self.plain(labels[0].children[0]) if labels else None
        return s.Member(name, label, span=self.expressions.span(node))

    def type_date(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("date", span=span)

    def type_datetime(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("datetime", span=span)

    def type_money(self, c: Any, span: Span) -> s.TypeSyntax:
        currencies = nodes(c, "currency")
        currency = self.expressions.currency(currencies[0]) if currencies else None
        return s.TypeSyntax("money", currency=currency, span=span)

    def type_money_by(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("money", name=str(tokens(c, "NEW_NAME")[0]), span=span)

    def type_number(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("number", span=span)

    def type_number_with_decimals(self, c: Any, span: Span) -> s.TypeSyntax:
        decimals = self.whole(tokens(c, "NUMBER")[0])
        return s.TypeSyntax("number", decimals=decimals, span=span)

    def type_whole(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("whole", span=span)

    def type_percent(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("percent", span=span)

    def type_text_type(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("text", span=span)

    def type_yesno(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("yesno", span=span)

    def type_duration(self, c: Any, span: Span) -> s.TypeSyntax:
        unit = "months" if tokens(c, "UNIT_MONTHS") else "days"
        return s.TypeSyntax("duration", unit=unit, span=span)

    def type_one_of_type(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("one_of", members=(self.member(c[1]),), span=span)

    def type_ordered_list_type(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("ordered", members=(self.member(c[1]),), span=span)

    def type_ordered_type(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("ordered", members=tuple(self.member(each) for each in nodes(c, "member")), span=span)

    def type_named_type(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("named", name=str(c[0]), span=span)

    def type_list_type(self, c: Any, span: Span) -> s.TypeSyntax:
        names = tokens(c, "NEW_NAME")
        elements: list[s.ElementField] = []
        for item in nodes(c, "element_field", "element_member", "element_attribute"):
            part = item.children[0]
            if item.data == "element_field":
                node = item.children[-1]
                type_ = getattr(self, f"type_{node.data}")(node.children, self.expressions.span(node))
                member = self.member(part)
                elements.append(s.ElementField(member.name, member.label, type_, span=self.expressions.span(item)))
                continue
            last = elements[-1] if elements else None
            if last is None or (item.data == "element_member" and last.type.kind != "one_of"):
                written = self.expressions.written(item)
                raise self.expressions.refuse("unexpected-text", item, found=written, expected="")
            if item.data == "element_member":
                grown = evolve(last.type, members=(*last.type.members, self.member(part)))
                elements[-1] = s.ElementField(last.name, last.label, grown, last.attributes, span=last.span)
            else:
                attributes = (*last.attributes, self.attribute(part))
                elements[-1] = s.ElementField(last.name, last.label, last.type, attributes, span=last.span)
        name = str(names[0]) if names else None
        return s.TypeSyntax("list", name=name, elements=tuple(elements), span=span)

    def attribute(self, node: Node) -> s.Attribute:
        span, kind, c = self.expressions.span(node), str(node.data), node.children
        if kind == "changeable_per":  # per how much stands first
            kind, c = "changeable", c[::-1]
        values: tuple[t.Expression, ...]
        if kind == "limits":
            values = self.expressions.bounds(*nodes(c))
        elif kind in ("at_least", "at_most", "last_resort", "no_older_than", "changeable"):
            values = tuple(self.expressions.expression(each) for each in nodes(c))
        elif kind == "missing_written":
            values = tuple(self.missing_spelling(each) for each in nodes(c, "text_or_number"))
        elif kind in ("checked_by", "dated_by"):
            values = (self.expressions.name(c[1]),)
        elif kind in ("counted_in", "like_pattern"):
            values = (t.TextLiteral(self.plain(c[1]), span=span),)
        elif kind == "complete_from":
            values = (t.DateLiteral(self.expressions.date(c[1]), span=span),)
        else:
            values = ()
        return s.Attribute(kind, values, span=span)

    def missing_spelling(self, node: Node) -> t.TextLiteral:
        written = "".join(self.plain(each) for each in node.children)
        return t.TextLiteral(written, span=self.expressions.span(node))

    def on_list_from_file(self, c: Any, span: Span) -> s.Statement:
        file, column = self.file_and_column(c)
        name = self.expressions.name(c[1])
        return s.ListStatement(name, self.label(c), file, column, (), self.note(c), span=span)

    def file_and_column(self, c: Any) -> tuple[str, str | None]:
        """The file that entries stand in, and the column where one is named."""
        columns = nodes(c, "column_name")
        column = self.plain(columns[0].children[0]) if columns else None
        return text_value(str(tokens(c, "TEXT_LITERAL")[0])), column

    def on_holidays(self, c: Any, span: Span) -> s.Statement:
        return s.HolidaysStatement(text_value(tokens(c, "TEXT_LITERAL")[0].text), self.note(c), span=span)

    def on_list_inline(self, c: Any, span: Span) -> s.Statement:
        values = tuple(text_value(str(each)) for each in tokens(nodes(c, "list_values")[0].children, "TEXT_LITERAL"))
        return s.ListStatement(self.expressions.name(c[1]), self.label(c), None, None, values, self.note(c), span=span)

    def on_let(self, c: Any, span: Span) -> s.Statement:
        return s.LetStatement(self.expressions.name(c[1]), self.label(c), self.expressions.expression(c[-1]), span=span)

    def on_define(self, c: Any, span: Span) -> s.Statement:
        found = nodes(c, "parameters")
        parameters = tuple(self.expressions.name(each) for each in tokens(found[0].children, "NAME")) if found else ()
        condition = self.expressions.expression(c[-1])
        name, label = self.expressions.name(c[1]), self.label(c)
        if len(parameters) == 1 and label is None and _is_label(parameters[0], name, span, self.source):
            label, parameters = parameters[0].text, ()
        return s.DefineStatement(name, label, parameters, condition, span=span)

    def on_require(self, c: Any, span: Span) -> s.Statement:
        return s.RequireStatement(self.expressions.expression(c[1]), self.note(c), span=span)


def _is_label(inside: t.Name, name: t.Name, span: Span, source: Source) -> bool:
    """Whether the only name in brackets after a definition's is its label: in the other script, and not used below."""
    below = source.text[inside.span.end : span.end]
    return bool(CJK.search(inside.text)) != bool(CJK.search(name.text)) and inside.text not in below
