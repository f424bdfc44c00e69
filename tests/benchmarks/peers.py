"""Other engines on the same work: each has its rules prepared as well as it allows, once; a call decides a customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.benchmarks.workload import FALLBACK, Condition

Decide = Callable[[Mapping[str, Any]], Any]
Rules = Sequence[tuple[Sequence[Condition], str]]


def _expression(conditions: Sequence[Condition], quote: str = "'", and_: str = " && ") -> str:
    def spelled(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        return f"{quote}{value}{quote}" if isinstance(value, str) else str(value)

    return and_.join(f"{name} {operator} {spelled(value)}" for name, operator, value in conditions)


def _nested(rules: Rules) -> str:
    text = f"'{FALLBACK}'"
    for conditions, tier in reversed(rules):
        text = f"({_expression(conditions)}) ? '{tier}' : ({text})"
    return text


def gorules_zen(rules: Rules) -> Decide:
    """zen-engine (Rust): the rules as a decision table, first hit."""
    import zen

    fields = list(dict.fromkeys(name for conditions, _ in rules for name, _, _ in conditions))
    inputs = [{"id": name, "name": name, "type": "expression", "field": name} for name in fields]
    rows = []
    for number, (conditions, tier) in enumerate([*rules, ((), FALLBACK)]):
        row = {"_id": str(number), "tier": f"'{tier}'"}
        for name in fields:
            row[name] = " and ".join(_zen_cell(each) for each in conditions if each[0] == name)
        rows.append(row)
    table = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "tier", "name": "tier", "type": "expression", "field": "tier"}],
        "rules": rows,
    }
    node = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", **node},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": table, **node},
        {"id": "out", "name": "out", "type": "outputNode", **node},
    ]
    edges = [
        {"id": "e1", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "e2", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    decision = zen.ZenEngine().create_decision({"nodes": nodes, "edges": edges})
    return lambda row: decision.evaluate(row)["result"]["tier"]


def _zen_cell(condition: Condition) -> str:
    _, operator, value = condition
    if isinstance(value, bool):
        return str(value).lower()
    if operator == "==":
        return f"'{value}'" if isinstance(value, str) else str(value)
    return f"{operator} {value}"


def zen_expression(rules: Rules) -> Decide:
    """zen-engine (Rust): one compiled expression of nested conditions, without the table and its trace."""
    import zen

    expression = zen.compile_expression(_nested(rules).replace("&&", "and"))
    return lambda row: expression.evaluate(row)


def cel_cpp(rules: Rules) -> Decide:
    """cel-expr-python (C++): one expression of nested conditions."""
    from cel_expr_python import cel

    kinds = {"days": cel.Type.INT, "spend": cel.Type.INT, "orders": cel.Type.INT}
    variables = {**kinds, "country": cel.Type.STRING, "vip": cel.Type.BOOL}
    expression = cel.NewEnv(variables=variables).compile(_nested(rules))
    return lambda row: expression.eval(data=row).plain_value()


def cel_rust(rules: Rules) -> Decide:
    """common-expression-language (Rust): the same expression."""
    import cel

    program = cel.compile(_nested(rules))
    return lambda row: program.execute(row)


def rule_engine(rules: Rules) -> Decide:
    """rule-engine (Python): one rule object for each, the first that matches."""
    import rule_engine as engine

    prepared = [(engine.Rule(_expression(conditions, and_=" and ")), tier) for conditions, tier in rules]
    return lambda row: next((tier for rule, tier in prepared if rule.matches(row)), FALLBACK)


def json_logic(rules: Rules) -> Decide:
    """json-logic (Python): one nested `if`."""
    from json_logic import jsonLogic

    branches: list[Any] = []
    for conditions, tier in rules:
        branches += [{"and": [{op: [{"var": name}, value]} for name, op, value in conditions]}, tier]
    logic = {"if": [*branches, FALLBACK]}
    return lambda row: jsonLogic(logic, row)


def business_rules(rules: Rules) -> Decide:
    """business-rules (Python): variables and actions as classes, the first rule that triggers."""
    from business_rules import run_all
    from business_rules import variables as v
    from business_rules.actions import BaseActions, rule_action
    from business_rules.fields import FIELD_TEXT

    operators = {">": "greater_than", ">=": "greater_than_or_equal_to", "<": "less_than", "<=": "less_than_or_equal_to"}

    class Customer(v.BaseVariables):  # type: ignore[misc]
        def __init__(self, row: Mapping[str, Any]) -> None:
            self.row = row

        @v.numeric_rule_variable
        def days(self) -> Any:
            return self.row["days"]

        @v.numeric_rule_variable
        def spend(self) -> Any:
            return self.row["spend"]

        @v.numeric_rule_variable
        def orders(self) -> Any:
            return self.row["orders"]

        @v.string_rule_variable
        def country(self) -> Any:
            return self.row["country"]

        @v.boolean_rule_variable
        def vip(self) -> Any:
            return self.row["vip"]

    class Actions(BaseActions):  # type: ignore[misc]
        def __init__(self) -> None:
            self.tier = FALLBACK

        @rule_action(params={"value": FIELD_TEXT})
        def put(self, value: str) -> None:
            self.tier = value

    def condition(each: Condition) -> dict[str, Any]:
        name, operator, value = each
        if isinstance(value, bool):
            return {"name": name, "operator": "is_true" if value else "is_false", "value": None}
        return {"name": name, "operator": operators.get(operator, "equal_to"), "value": value}

    prepared = [
        {
            "conditions": {"all": [condition(each) for each in conditions]},
            "actions": [{"name": "put", "params": {"value": tier}}],
        }
        for conditions, tier in rules
    ]

    def decide(row: Mapping[str, Any]) -> str:
        actions = Actions()
        run_all(prepared, Customer(row), actions, stop_on_first_trigger=True)
        return actions.tier

    return decide


PEERS: Mapping[str, tuple[str, Callable[[Rules], Decide]]] = {
    "GoRules Zen, table": ("zen-engine", gorules_zen),
    "GoRules Zen, expression": ("zen-engine", zen_expression),
    "CEL (C++)": ("cel-expr-python", cel_cpp),
    "CEL (Rust)": ("common-expression-language", cel_rust),
    "rule-engine": ("rule-engine", rule_engine),
    "json-logic": ("json-logic-qubit", json_logic),
    "business-rules": ("business-rules", business_rules),
}
