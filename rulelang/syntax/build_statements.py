"""From the parse tree to statements: rules, tables and examples; declarations stand in build_declarations."""

from __future__ import annotations

from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.position import Source, Span
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.build_declarations import DeclarationBuilder, nodes, tokens
from rulelang.syntax.build_expressions import ExpressionBuilder
from rulelang.syntax.lalr import Node, Token
from rulelang.syntax.literals import text_value
from rulelang.syntax.words import load_words

_ACTION_STARTS = {"assign", "assign_element", "add_to", "add_suffix", "subtract_suffix", "put_into", "tag"}


@frozen
class StatementBuilder(DeclarationBuilder):
    """Builds the statements of one file: one small method per rule of rules.lark."""

    @classmethod
    def of(cls, source: Source) -> StatementBuilder:
        return cls(source, ExpressionBuilder(source))

    def statement(self, node: Node) -> s.Statement:
        """The statement of a parse tree. Raises Refused where it must be written another way."""
        built: s.Statement = getattr(self, f"on_{node.data}")(node.children, self.expressions.span(node))
        return built

    # --- rules ---

    def on_rule(self, c: Any, span: Span) -> s.RuleStatement:
        title: t.TextLiteral | None = None
        facts: dict[str, Any] = {}
        heads = nodes(c, "rule_head", "rule_head_off")
        if heads:
            title, facts = self.rule_head(heads[0])
        return s.RuleStatement(title, self.sentences(nodes(c, "sentences")[0]), **facts, span=span)

    def rule_head(self, node: Node) -> tuple[t.TextLiteral, dict[str, Any]]:
        facts: dict[str, Any] = {"switched_off": node.data == "rule_head_off"}
        title = self.text(tokens(node.children, "TEXT_LITERAL")[0])
        for option in nodes(node.children):
            parts = [each for each in option.children if type(each) is Node or each.type != "COMMA"]
            if option.data == "other_name":
                title = t.TextLiteral(title.text, text_value(str(parts[0])), span=title.span)
            elif option.data == "priority":
                facts["priority"] = self.whole(parts[1])
            elif option.data == "switched_off":
                facts["switched_off"] = True
            elif option.data == "rule_option":
                start, until = self.validity(parts)
                facts["valid_from"] = start or facts.get("valid_from")
                facts["valid_until"] = until or facts.get("valid_until")
            else:
                facts["before" if option.data == "before_rule" else "after"] = text_value(str(parts[1]))
        return title, facts

    def on_replace(self, c: Any, span: Span) -> s.Statement:
        return evolve(self.on_rule(c[1].children, span), replaces=True)

    def on_remove(self, c: Any, span: Span) -> s.Statement:
        return s.RemoveStatement(text_value(str(c[2])), span=span)

    def on_for_each(self, c: Any, span: Span) -> s.Statement:
        written = nodes(c, "sentences")
        sentences = self.sentences(written[0]) if written else ()
        return s.ForEachStatement(self.expressions.name(c[1]), sentences, span=span)

    def sentences(self, node: Node) -> tuple[s.Sentence, ...]:
        return tuple(self.sentence(each) for each in nodes(node.children))

    def sentence(self, node: Node) -> s.Sentence:
        own = [each for each in node.children if not (isinstance(each, Node) and each.data.startswith("otherwise"))]
        branches = [self.branch(own, self.expressions.span(node))]
        for each in nodes(node.children, "otherwise_if", "otherwise_always"):
            branches.append(self.branch(each.children, self.expressions.span(each)))
        return s.Sentence(tuple(branches), span=self.expressions.span(node))

    def branch(self, c: list[Any], span: Span) -> s.BranchSyntax:
        condition = None
        reason = None
        actions: tuple[s.Action, ...] = ()
        for each in nodes(c):
            if each.data == "actions":
                actions = tuple(self.action(part) for part in nodes(each.children, *_ACTION_STARTS))
            elif each.data == "reason":
                reason = self.text(each.children[-1])
            elif each.data != "conclusion":
                condition = self.expressions.expression(each)
        plain = next((each for each in c if isinstance(each, Token) and each.type == "NAME"), None)
        if plain is not None:
            condition = self.expressions.name(plain)
        return s.BranchSyntax(condition, actions, reason, span=span)

    def action(self, node: Node) -> s.Action:
        c: Any = node.children
        span = self.expressions.span(node)
        names = [self.expressions.name(each) for each in tokens(c, "NAME")]
        if node.data == "tag":
            return s.Action("tag", None, self.text(c[1]), span=span)
        value = self.expressions.expression(next(each for each in nodes(c) if each.data not in ("at_most", "at_least")))
        if node.data in ("add_to", "add_suffix", "subtract_suffix"):
            if node.data == "subtract_suffix":
                value = t.Negative(value, span=value.span)
            return s.Action("add", names[-1], value, span=span)
        if node.data == "put_into":
            return s.Action("add", names[0], value, span=span)
        caps = {each.data: self.expressions.expression(each.children[1]) for each in nodes(c, "at_most", "at_least")}
        element = names[0] if node.data == "assign_element" else None
        return s.Action("set", names[-1], value, caps.get("at_least"), caps.get("at_most"), element, span=span)

    # --- tables and examples ---

    def on_table(self, c: Any, span: Span) -> s.Statement:
        title, policy = self.text(c[1]), None
        for option in nodes(c, "other_name", "policy"):
            part = option.children[0]
            if option.data == "policy":
                policy = str(part.data)
            else:
                title = t.TextLiteral(title.text, text_value(str(part)), span=title.span)
        body = c[-1]
        if body.data == "table_rows":
            rows = [table_cells(str(each)) for each in body.children]
            kept = tuple(row for row in rows if not _is_rule(row))
            return s.TableStatement(title, policy, kept, span=span)
        texts = [text_value(str(each)) for each in tokens(body.children, "TEXT_LITERAL")]
        return s.TableStatement(title, policy, (), texts[0], texts[1] if len(texts) > 1 else None, span=span)

    def on_example(self, c: Any, span: Span) -> s.Statement:
        dates = tokens(c, "DATE_LITERAL")
        as_of = self.expressions.moment(dates[0]) if dates else None
        pairs: dict[str, tuple[s.ExamplePair, ...]] = {"given": (), "expect": ()}
        for block in nodes(c, "given", "expect"):
            pairs[str(block.data)] = tuple(self.pair(each) for each in nodes(block.children))
        records = tuple(self.records(each) for each in nodes(c, "given_records"))
        return s.ExampleStatement(self.text(c[1]), as_of, pairs["given"], pairs["expect"], records=records, span=span)

    def records(self, node: Node) -> s.ExampleRecords:
        """The records of a list, without the row of dashes under the heads."""
        (name,) = tokens(node.children, "NAME")
        rows = [(table_cells(str(each)), self.expressions.span(each)) for each in tokens(node.children, "TABLE_ROW")]
        kept = [(cells, place) for cells, place in rows if not _is_rule(cells)]
        places = tuple(place for _, place in kept)
        cells = tuple(cells for cells, _ in kept)
        heads = self.cell_places(cells[0], places[0])
        return s.ExampleRecords(self.expressions.name(name), cells, places, heads, span=self.expressions.span(node))

    def cell_places(self, cells: tuple[str, ...], row: Span) -> tuple[Span, ...]:
        """Where the cells of a row stand."""
        found, position = [], row.start
        for each in cells:
            start = self.source.text.find(each, position)
            found.append(self.source.span(start, start + len(each)))
            position = start + len(each)
        return tuple(found)

    def pair(self, node: Node) -> s.ExamplePair:
        c: Any = node.children
        span = self.expressions.span(node)
        if node.data == "expect_rule":
            return s.ExamplePair(None, rule=text_value(str(c[1])), span=span)
        name = self.expressions.name(c[0])
        if node.data == "expect_standing":
            return s.ExamplePair(name, standing=str(c[1].data).replace("_", " "), span=span)
        if node.data in ("given_missing", "expect_missing"):
            return s.ExamplePair(name, span=span)
        if isinstance(c[2], Node) and c[2].data == "standing_value":
            words = " ".join(str(each) for each in c[2].children[0].children)
            return s.ExamplePair(name, standing=load_words().standing(words), span=span)
        value = self.expressions.expression(c[2])
        if isinstance(value, t.Grouped) and isinstance(value.operand, t.Name | t.YesNo):  # (decided), （无）
            word = self.source.text[value.operand.span.start : value.operand.span.end]
            standing = load_words().standing(word)
            if isinstance(value.operand, t.Name) or standing != word:
                return s.ExamplePair(name, standing=standing, span=span)
        return s.ExamplePair(name, value, span=span)


def _is_rule(cells: tuple[str, ...]) -> bool:
    """Whether a row is the line between the heads and the rows below."""
    return all(set(cell) <= set("-: ") and cell for cell in cells)


def table_cells(row: str) -> tuple[str, ...]:
    """The cells of a table row, without outer white space. A ``|`` inside quotes does not part cells."""
    cells, current, quote = [], "", ""
    row = row.strip().removeprefix("|").removeprefix("｜").removesuffix("|").removesuffix("｜")
    for character in row:
        if quote:
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = _QUOTES[character]
        elif character in "|｜":
            cells.append(current.strip())
            current = ""
            continue
        current += character
    return (*cells, current.strip())


_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』"}
