"""From Lark's parse tree to statements: one small function per rule of statements.lark and rules.lark."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from lark import Token, Tree

from rulelang.diagnostics.position import Source, Span
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.build_expressions import ExpressionBuilder
from rulelang.syntax.literals import number_value, text_value

_ACTION_STARTS = {"assign", "assign_element", "add_to", "add_suffix", "subtract_suffix", "put_into", "tag"}


def _tokens(children: list[Any], *types: str) -> list[Token]:
    return [each for each in children if isinstance(each, Token) and each.type in types]


def _trees(children: list[Any], *data: str) -> list[Any]:
    return [each for each in children if isinstance(each, Tree) and (not data or each.data in data)]


@frozen
class StatementBuilder:
    """Builds the statements of one file."""

    source: Source
    expressions: ExpressionBuilder

    @classmethod
    def of(cls, source: Source) -> StatementBuilder:
        return cls(source, ExpressionBuilder(source))

    def statement(self, node: Tree[Any]) -> s.Statement:
        """The statement of a parse tree. Raises Refused where it must be written another way."""
        built: s.Statement = getattr(self, f"on_{node.data}")(node.children, self.expressions.span(node))
        return built

    # --- header ---

    def on_ruleset(self, c: Any, span: Span) -> s.Statement:
        version = valid_from = until = None
        for index, each in enumerate(c):
            if isinstance(each, Token) and each.type == "VERSION":
                version = int(number_value(str(c[index + 1]))[0])
            elif isinstance(each, Token) and each.type == "VALID_FROM":
                valid_from = self.expressions.date(c[index + 1])
            elif isinstance(each, Token) and each.type == "UNTIL":
                until = self.expressions.date(c[index + 1])
        return s.RulesetStatement(self.text(c[1]), version, valid_from, until, span=span)

    def on_use(self, c: Any, span: Span) -> s.Statement:
        return s.UseStatement(tuple(self.plain(each.children[0]) for each in _trees(c)), span=span)

    def on_extends(self, c: Any, span: Span) -> s.Statement:
        return s.ExtendsStatement(text_value(str(c[1])), span=span)

    def plain(self, token: Token) -> str:
        return text_value(str(token)) if token.type == "TEXT_LITERAL" else str(token)

    def text(self, node: Any) -> t.TextLiteral:
        if isinstance(node, Token):
            return t.TextLiteral(text_value(str(node)), span=self.expressions.span(node))
        built = self.expressions.expression(node)
        assert isinstance(built, t.TextLiteral)
        return built

    def label(self, children: list[Any]) -> str | None:
        found = _trees(children, "label")
        return str(found[0].children[0]) if found else None

    def note(self, children: list[Any]) -> t.TextLiteral | None:
        last = children[-1]
        return self.text(last) if isinstance(last, Tree) and last.data == "text" else None

    # --- vocabulary ---

    def on_threshold(self, c: Any, span: Span) -> s.Statement:
        values = [each for each in _trees(c) if each.data not in ("label", "dated_after", "dated_before")]
        dated = []
        for each in _trees(c, "dated_after", "dated_before"):
            date = self.expressions.date(_tokens(each.children, "DATE_LITERAL")[0])
            value = next(part for part in _trees(each.children) if part.data != "dated_separator")
            dated.append((date, self.expressions.expression(value)))
        name = self.expressions.name(c[1])
        note = self.text(values[1]) if len(values) > 1 else None
        return s.ThresholdStatement(
            name, self.label(c), self.expressions.expression(values[0]), tuple(dated), note, span=span
        )

    def on_field(self, c: Any, span: Span) -> s.Statement:
        type_, attributes = self.typed(c)
        return s.FieldStatement(str(c[1]), self.label(c), type_, attributes, self.note(c), span=span)

    def on_outcome(self, c: Any, span: Span) -> s.Statement:
        type_, attributes = self.typed(c)
        names = [str(each) for each in _tokens(c, "NEW_NAME")]
        element = names[0] if len(names) > 1 else None
        return s.OutcomeStatement(names[-1], self.label(c), type_, attributes, self.note(c), element, span=span)

    def typed(self, c: list[Any]) -> tuple[s.TypeSyntax, tuple[s.Attribute, ...]]:
        """The type and the attributes of a declaration; further members of a ``one of`` stand among the attributes."""
        node = next(each for each in _trees(c) if hasattr(self, f"type_{each.data}"))
        type_: s.TypeSyntax = getattr(self, f"type_{node.data}")(node.children, self.expressions.span(node))
        members, attributes = list(type_.members), []
        for item in _trees(c, "item", "member_item"):
            part = next(iter(_trees(item.children)))
            if item.data == "member_item":
                if type_.kind != "one_of":
                    raise self.expressions.refuse(
                        "unexpected-text", part, found=self.expressions.written(part), expected=""
                    )
                members.append(self.member(part))
            else:
                attributes.append(self.attribute(part))
        return _with_members(type_, tuple(members)), tuple(attributes)

    def on_choice(self, c: Any, span: Span) -> s.Statement:
        body = _trees(c, "ordered", "unordered")[0]
        members = tuple(self.member(each) for each in _trees(body.children, "member"))
        ordered = body.data == "ordered"
        return s.ChoiceStatement(str(c[1]), self.label(c), ordered, members, self.note(c), span=span)

    def member(self, node: Tree[Any]) -> s.Member:
        name = self.plain(node.children[0].children[0])  # type: ignore[arg-type]  # a token by the grammar
        labels = _trees(node.children, "member_label")
        label = self.plain(labels[0].children[0]) if labels else None
        return s.Member(name, label, span=self.expressions.span(node))

    def type_date(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("date", span=span)

    def type_datetime(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("datetime", span=span)

    def type_money(self, c: Any, span: Span) -> s.TypeSyntax:
        currencies = _trees(c, "currency")
        currency = self.expressions.currency(currencies[0]) if currencies else None
        return s.TypeSyntax("money", currency=currency, span=span)

    def type_number(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("number", span=span)

    def type_number_with_decimals(self, c: Any, span: Span) -> s.TypeSyntax:
        decimals = int(number_value(str(_tokens(c, "NUMBER")[0]))[0])
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
        unit = "months" if _tokens(c, "UNIT_MONTHS") else "days"
        return s.TypeSyntax("duration", unit=unit, span=span)

    def type_one_of_type(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("one_of", members=(self.member(c[1]),), span=span)

    def type_ordered_type(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("ordered", members=tuple(self.member(each) for each in _trees(c, "member")), span=span)

    def type_named_type(self, c: Any, span: Span) -> s.TypeSyntax:
        return s.TypeSyntax("named", name=str(c[0]), span=span)

    def type_list_type(self, c: Any, span: Span) -> s.TypeSyntax:
        names = _tokens(c, "NEW_NAME")
        elements: list[s.ElementField] = []
        for item in _trees(c, "element_field", "element_member", "element_attribute"):
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
                grown = _with_members(last.type, (*last.type.members, self.member(part)))
                elements[-1] = s.ElementField(last.name, last.label, grown, last.attributes, span=last.span)
            else:
                attributes = (*last.attributes, self.attribute(part))
                elements[-1] = s.ElementField(last.name, last.label, last.type, attributes, span=last.span)
        name = str(names[0]) if names else None
        return s.TypeSyntax("list", name=name, elements=tuple(elements), span=span)

    def attribute(self, node: Tree[Any]) -> s.Attribute:
        span, kind, c = self.expressions.span(node), str(node.data), node.children
        values: tuple[t.Expression, ...]
        if kind in ("at_least", "at_most", "last_resort", "limits"):
            values = tuple(self.expressions.expression(each) for each in _trees(c))
        elif kind == "missing_written":
            values = tuple(self.missing_spelling(each) for each in _trees(c, "text_or_number"))
        elif kind in ("counted_in", "dated_by"):
            values = (t.TextLiteral(self.plain(c[1]), span=span),)  # type: ignore[arg-type]  # a token by the grammar
        elif kind == "complete_from":
            values = (t.DateLiteral(self.expressions.date(c[1]), span=span),)  # type: ignore[arg-type]  # a token
        else:
            values = ()
        return s.Attribute(kind, values, span=span)

    def missing_spelling(self, node: Tree[Any]) -> t.TextLiteral:
        written = "".join(self.plain(each) for each in node.children)  # type: ignore[arg-type]  # tokens by the grammar
        return t.TextLiteral(written, span=self.expressions.span(node))

    def on_list_from_file(self, c: Any, span: Span) -> s.Statement:
        columns = _trees(c, "column_name")
        column = self.plain(columns[0].children[0]) if columns else None
        file = text_value(str(_tokens(c, "TEXT_LITERAL")[0]))
        name = self.expressions.name(c[1])
        return s.ListStatement(name, self.label(c), file, column, (), self.note(c), span=span)

    def on_list_inline(self, c: Any, span: Span) -> s.Statement:
        values = tuple(text_value(str(each)) for each in _tokens(_trees(c, "list_values")[0].children, "TEXT_LITERAL"))
        return s.ListStatement(self.expressions.name(c[1]), self.label(c), None, None, values, self.note(c), span=span)

    def on_let(self, c: Any, span: Span) -> s.Statement:
        return s.LetStatement(self.expressions.name(c[1]), self.label(c), self.expressions.expression(c[-1]), span=span)

    def on_define(self, c: Any, span: Span) -> s.Statement:
        found = _trees(c, "parameters")
        parameters = tuple(self.expressions.name(each) for each in _tokens(found[0].children, "NAME")) if found else ()
        condition = self.expressions.expression(c[-1])
        return s.DefineStatement(self.expressions.name(c[1]), self.label(c), parameters, condition, span=span)

    def on_require(self, c: Any, span: Span) -> s.Statement:
        return s.RequireStatement(self.expressions.expression(c[1]), self.note(c) if len(c) > 2 else None, span=span)

    # --- rules ---

    def on_rule(self, c: Any, span: Span) -> s.RuleStatement:
        title: t.TextLiteral | None = None
        facts: dict[str, Any] = {}
        heads = _trees(c, "rule_head")
        if heads:
            title, facts = self.rule_head(heads[0])
        return s.RuleStatement(title, self.sentences(_trees(c, "sentences")[0]), **facts, span=span)

    def rule_head(self, node: Tree[Any]) -> tuple[t.TextLiteral, dict[str, Any]]:
        facts: dict[str, Any] = {}
        title = self.text(node.children[1])
        for option in _trees(node.children):
            tokens = [each for each in option.children if each.type != "COMMA"]
            if option.data == "other_name":
                title = t.TextLiteral(title.text, text_value(str(tokens[0])), span=title.span)
            elif option.data == "priority":
                facts["priority"] = int(number_value(str(tokens[1]))[0])
            elif option.data == "switched_off":
                facts["switched_off"] = True
            elif option.data == "validity":
                dates = [self.expressions.date(each) for each in _tokens(tokens, "DATE_LITERAL")]
                facts["valid_from"] = dates[0]
                facts["valid_until"] = dates[1] if len(dates) > 1 else None
            else:
                facts["before" if option.data == "before_rule" else "after"] = text_value(str(tokens[1]))
        return title, facts

    def on_replace(self, c: Any, span: Span) -> s.Statement:
        rule = self.on_rule(c[1].children, span)
        return s.RuleStatement(
            rule.title,
            rule.sentences,
            rule.priority,
            rule.valid_from,
            rule.valid_until,
            rule.switched_off,
            replaces=True,
            span=span,
        )

    def on_remove(self, c: Any, span: Span) -> s.Statement:
        return s.RemoveStatement(text_value(str(c[2])), span=span)

    def on_for_each(self, c: Any, span: Span) -> s.Statement:
        return s.ForEachStatement(self.expressions.name(c[1]), self.sentences(c[-1]), span=span)

    def sentences(self, node: Tree[Any]) -> tuple[s.Sentence, ...]:
        return tuple(self.sentence(each) for each in _trees(node.children))

    def sentence(self, node: Tree[Any]) -> s.Sentence:
        own = [each for each in node.children if not (isinstance(each, Tree) and each.data.startswith("otherwise"))]
        branches = [self.branch(own, self.expressions.span(node))]
        for each in _trees(node.children, "otherwise_if", "otherwise_always"):
            branches.append(self.branch(each.children, self.expressions.span(each)))
        return s.Sentence(tuple(branches), span=self.expressions.span(node))

    def branch(self, c: list[Any], span: Span) -> s.BranchSyntax:
        condition = None
        reason = None
        actions: tuple[s.Action, ...] = ()
        for each in _trees(c):
            if each.data == "actions":
                actions = tuple(self.action(part) for part in _trees(each.children, *_ACTION_STARTS))
            elif each.data == "reason":
                reason = self.text(each.children[1])
            else:
                condition = self.expressions.expression(each)
        plain = next((each for each in c if isinstance(each, Token) and each.type == "NAME"), None)
        if plain is not None:
            condition = self.expressions.name(plain)
        return s.BranchSyntax(condition, actions, reason, span=span)

    def action(self, node: Tree[Any]) -> s.Action:
        c: Any = node.children
        span = self.expressions.span(node)
        names = [self.expressions.name(each) for each in _tokens(c, "NAME")]
        if node.data == "tag":
            return s.Action("tag", None, self.text(c[1]), span=span)
        value = self.expressions.expression(
            next(each for each in _trees(c) if each.data not in ("at_most", "at_least"))
        )
        if node.data in ("add_to", "add_suffix", "subtract_suffix"):
            if node.data == "subtract_suffix":
                value = t.Negative(value, span=value.span)
            return s.Action("add", names[-1], value, span=span)
        if node.data == "put_into":
            return s.Action("add", names[0], value, span=span)
        caps = {each.data: self.expressions.expression(each.children[1]) for each in _trees(c, "at_most", "at_least")}
        element = names[0] if node.data == "assign_element" else None
        return s.Action("set", names[-1], value, caps.get("at_least"), caps.get("at_most"), element, span=span)

    # --- tables and examples ---

    def on_table(self, c: Any, span: Span) -> s.Statement:
        title, policy = self.text(c[1]), None
        for option in _trees(c, "other_name", "policy"):
            part = option.children[0]
            if option.data == "policy":
                policy = str(part.data)
            else:
                title = t.TextLiteral(title.text, text_value(str(part)), span=title.span)
        body = c[-1]
        if body.data == "table_rows":
            rows = [table_cells(str(each)) for each in body.children]
            kept = tuple(row for row in rows if not all(set(cell) <= set("-: ") and cell for cell in row))
            return s.TableStatement(title, policy, kept, span=span)
        texts = [text_value(str(each)) for each in _tokens(body.children, "TEXT_LITERAL")]
        return s.TableStatement(title, policy, (), texts[0], texts[1] if len(texts) > 1 else None, span=span)

    def on_example(self, c: Any, span: Span) -> s.Statement:
        dates = _tokens(c, "DATE_LITERAL")
        as_of = self.expressions.date(dates[0]) if dates else None
        pairs: dict[str, tuple[s.ExamplePair, ...]] = {"given": (), "expect": ()}
        for block in _trees(c, "given", "expect"):
            pairs[str(block.data)] = tuple(self.pair(each) for each in _trees(block.children))
        return s.ExampleStatement(self.text(c[1]), as_of, pairs["given"], pairs["expect"], span=span)

    def pair(self, node: Tree[Any]) -> s.ExamplePair:
        c: Any = node.children
        span = self.expressions.span(node)
        if node.data == "expect_rule":
            return s.ExamplePair(None, rule=text_value(str(c[1])), span=span)
        name = self.expressions.name(c[0])
        if node.data == "expect_standing":
            return s.ExamplePair(name, standing=str(c[1].data), span=span)
        if node.data in ("given_missing", "expect_missing"):
            return s.ExamplePair(name, span=span)
        if isinstance(c[2], Tree) and c[2].data == "standing_value":
            words = " ".join(str(each) for each in c[2].children[0].children)
            return s.ExamplePair(name, standing=words, span=span)
        return s.ExamplePair(name, self.expressions.expression(c[2]), span=span)


def table_cells(row: str) -> tuple[str, ...]:
    """The cells of a table row, without outer white space. A ``|`` inside quotes does not part cells."""
    cells, current, quote = [], "", ""
    for character in row.strip().strip("|｜"):
        if quote:
            quote = "" if character == quote else quote
        elif character in '"“「『':
            quote = {'"': '"', "“": "”", "「": "」", "『": "』"}[character]
        elif character in "|｜":
            cells.append(current.strip())
            current = ""
            continue
        current += character
    return (*cells, current.strip())


def _with_members(type_: s.TypeSyntax, members: tuple[s.Member, ...]) -> s.TypeSyntax:
    return s.TypeSyntax(
        type_.kind,
        type_.currency,
        type_.decimals,
        type_.unit,
        type_.name,
        members,
        type_.elements,
        span=type_.span,
    )
