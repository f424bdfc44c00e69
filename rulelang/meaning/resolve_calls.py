"""``name(a, b)``: a use of a reusable condition (``define``), unfolded in place, or of a plug-in's function."""

from __future__ import annotations

from rulelang.diagnostics.nearest import nearest
from rulelang.meaning.fitting import fits
from rulelang.meaning.scope import Scope
from rulelang.meaning.vocabulary import type_word
from rulelang.model import expressions as m
from rulelang.model.walking import bare
from rulelang.syntax import tree as t
from rulelang.vocabulary.functions import Function, Parameter
from rulelang.vocabulary.types import Number


def resolve_call(node: t.Call, scope: Scope) -> m.Expression | None:
    """The typed expression, or None where it was reported to be wrong."""
    name = node.function.text
    symbol = scope.vocabulary.symbols.get(name)
    if symbol is not None and symbol.kind == "function":
        return _call(node, scope.vocabulary.functions[symbol.key], scope)
    if symbol is not None and symbol.kind == "define":
        return _unfolded(node, symbol.key, scope)
    known = [key for key, each in scope.vocabulary.symbols.items() if each.kind in ("define", "function")]
    scope.report_near("unknown-function", node.function.span, nearest(name, known), name=name)
    return None


def _unfolded(node: t.Call, key: str, scope: Scope) -> m.Expression | None:

    if key in scope.using:
        scope.report("recursive-definition", node.span, path=(*scope.using[scope.using.index(key) :], key))
        return None
    statement = scope.vocabulary.defines[key]
    if len(statement.parameters) != len(node.arguments):
        facts = {"name": node.function.text, "expected": len(statement.parameters), "found": len(node.arguments)}
        scope.report("define-arguments", node.span, **facts)
        return None
    arguments: dict[str, m.Expression] = {}
    for parameter, argument in zip(statement.parameters, node.arguments, strict=True):
        value = scope.value(argument, scope)
        if value is None:
            return None
        arguments[parameter.text] = value
    condition = scope.condition(statement.condition, scope.inside(key, arguments))
    if condition is None:
        return None
    return m.Named(statement.name.text, statement.label, condition, span=node.span)


def _call(node: t.Call, function: Function, scope: Scope) -> m.Expression | None:
    if len(function.parameters) != len(node.arguments):
        names = tuple(each.name for each in function.parameters)
        labels = tuple(each.label or each.name for each in function.parameters)
        facts = {"name": node.function.text, "expected": len(names), "found": len(node.arguments)}
        scope.report("function-arguments", node.span, **facts, parameters=names, parameters_zh=labels)
        return None
    given = [
        _argument(argument, parameter, node, scope)
        for argument, parameter in zip(node.arguments, function.parameters, strict=True)
    ]
    arguments = tuple(each for each in given if each is not None)
    if len(arguments) < len(given):
        return None
    return m.Call(function.name, arguments, function.result, span=node.span)


def _argument(node: t.Expression, parameter: Parameter, call: t.Call, scope: Scope) -> m.Expression | None:

    value = scope.value(node, scope, parameter.type)
    if value is None:
        return None
    bottom = bare(value)
    if isinstance(bottom, m.Condition):
        scope.report("condition-as-argument", node.span, found=scope.written(node))
        return None
    collected = scope.vocabulary.collects(bottom)
    if collected or not fits(value.type, parameter.type) or _loses_decimals(value, parameter):
        facts = {"value": scope.written(node), "type": "list" if collected else type_word(value.type)}
        wanted = {"parameter": parameter.name, "parameter_zh": parameter.label or parameter.name}
        scope.report(
            "function-argument",
            node.span,
            **facts,
            **wanted,
            wanted=type_word(parameter.type),
            name=call.function.text,
        )
        return None
    return value


def _loses_decimals(value: m.Expression, parameter: Parameter) -> bool:
    """Whether a number with decimals would be given where a whole number is wanted."""
    wants_whole = isinstance(parameter.type, Number) and parameter.type.decimals == 0
    return wants_whole and not (isinstance(value.type, Number) and value.type.decimals == 0)
