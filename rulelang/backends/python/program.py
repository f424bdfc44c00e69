"""Compiles the printed source once and binds it to as-of dates.

program = build(model)
bound = program.bind(model, as_of)
bound.outcomes({"last_purchase": date(2025, 1, 1)})
"""

from __future__ import annotations

import ast
import itertools
import linecache
import threading
import weakref
from collections.abc import Callable, Mapping
from datetime import date
from types import CodeType
from typing import Any, cast

from attrs import field, frozen

from rulelang.backends.python.bound import Bound, add_answers
from rulelang.backends.python.emit import STANDING, Emitted, emit
from rulelang.backends.python.index import Index
from rulelang.backends.python.objects import Layout
from rulelang.backends.python.runtime import RUNTIME
from rulelang.lowering.columns import fixed_in
from rulelang.lowering.fixed import fixed_value
from rulelang.lowering.lower import lower
from rulelang.lowering.planned import Plan
from rulelang.model.fingerprint import fingerprint
from rulelang.model.program import Model
from rulelang.uncollected import uncollected

LARGE = 400_000  # characters of a source whose functions are compiled one by one, when first called


@frozen
class Program:
    """The generated code of a ruleset, whatever the as-of date and the values of its thresholds.

    ``branch_rules`` names the rule of each branch; ``known_keys`` are the names and labels of all fields.
    """

    plan: Plan
    emitted: Emitted
    branch_rules: tuple[str, ...]
    known_keys: frozenset[str]
    filename: str
    _codes: dict[str | None, CodeType] = field(factory=dict, init=False, eq=False, repr=False)
    _of_objects: dict[Layout, Any] = field(factory=dict, init=False, eq=False, repr=False)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields whose values the functions take, in their order."""
        return (*self.plan.inputs, *self.plan.mentioned)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes in the order of their decisions."""
        return self.names_decided[0]

    @property
    def codes(self) -> dict[str | None, CodeType]:
        """What has been compiled: the functions by name, or under None all but the last at once."""
        return dict(self._codes)

    @property
    def names_decided(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """The outcomes in the order of their decisions, and those of records, stage by stage."""
        return tuple(each.outcome.name for each in self.plan.decisions), tuple(each.names for each in self.plan.stages)

    def bind(self, model: Model, as_of: date) -> Bound:
        """The functions for an as-of date, with the thresholds of a model that is otherwise the same."""
        namespace: dict[str, Any] = {**RUNTIME, "AS_OF": as_of}
        answers = add_answers(namespace, *self.names_decided)
        self._add_names(namespace, model, as_of)
        if self._is_large:
            namespace.update({name: self._compiled_later(name, namespace) for name in self.emitted.functions})
        else:
            exec(self._code(None), namespace)
        namespace[STANDING] = self._standing_later(namespace, model, as_of)
        return Bound(self, as_of, namespace, answers)

    def of_objects(self, layout: Layout, bound: Bound, **more: Any) -> Mapping[str, Any] | None:
        """The functions of the short way for objects of a layout, which see ``more``; None where it isn't open to them.

        They have ``getattr`` and ``Exception`` besides what all functions see: that of what an attribute does.
        """
        if layout not in self._of_objects:
            text = self.emitted.of_objects(layout)
            self._of_objects[layout] = text and self._compiled_plain(text, f"{self.filename} of objects")
        code = self._of_objects[layout]
        if not code:
            return None
        own = {**bound.namespace, "getattr": getattr, "Exception": Exception, **more}
        exec(code, own)
        return own

    def _add_names(self, namespace: dict[str, Any], model: Model, as_of: date) -> None:
        """Gives generated code what it refers to by name, but for what it has already."""
        names = self.emitted.names
        for name, recipe in list(names.recipes.items()):
            if name not in namespace:
                namespace[name] = fixed_value(recipe, model, as_of)
        for name, shape in list(names.indexes.items()):
            if name not in namespace:
                namespace[name] = Index(shape, {each: namespace[names.fixed(each)] for each in fixed_in(shape)})
        for name, value in list(names.objects.items()):
            namespace.setdefault(name, value)

    def _standing_later(self, namespace: dict[str, Any], model: Model, as_of: date) -> Callable[..., Any]:
        """The function for customers of whom something is unknown, printed and compiled when the first one comes."""
        made: list[Callable[..., Any]] = []

        def call(*values: Any) -> Any:
            if not made:
                code = self._code(STANDING)
                self._add_names(namespace, model, as_of)
                own = dict(namespace)
                exec(code, own)
                made.append(own[STANDING])
            return made[0](*values)

        return call

    @property
    def _is_large(self) -> bool:
        return sum(map(len, self.emitted.functions.values())) > LARGE

    def _compiled_later(self, name: str, namespace: dict[str, Any]) -> Callable[..., Any]:
        """A function that is compiled when it is first called: of a large program few customers need all."""
        made: list[Callable[..., Any]] = []

        def call(*values: Any) -> Any:
            if not made:
                own = dict(namespace)
                exec(self._code(name), own)
                made.append(own[name])
            return made[0](*values)

        return call

    def _code(self, name: str | None) -> CodeType:
        """The compiled code of a function, or of the whole text; made once."""
        if name not in self._codes:
            self._codes.setdefault(name, self._compiled(name))
        return self._codes[name]

    def _compiled(self, name: str | None) -> CodeType:
        emitted, lines = self.emitted, 0
        text = emitted.standing if name == STANDING else emitted.most
        if name is not None:
            before = itertools.takewhile(lambda each: each != name, emitted.functions)
            lines = sum(emitted.functions[each].count("\n") for each in before)
            text = emitted.functions[name]
            self.show()
        if self._is_large:
            # Compiled as it is, with names for constants: a tree of it would take several times as long to make.
            return compile("\n" * lines + text, self.filename, "exec", dont_inherit=True)
        code = self._compiled_plain("\n" * lines + text, self.filename)
        if code is None:
            code = compile("\n" * lines + text, self.filename, "exec", dont_inherit=True)
        return code

    def _compiled_plain(self, text: str, filename: str) -> CodeType | None:
        """The code of a text, constants and the names of attributes put into it; None where that fails for a while."""
        # Python 3.11 counts the depth of all threads' syntax trees together and may take its own count for a fault
        # (python/cpython#106905). One tree at a time; where a thread of the host still gets in between, names stay
        # names.
        try:
            with _ONE_TREE:
                tree = _PlainConstants(self.emitted.names.objects).visit(ast.parse(text, filename))
                code: CodeType = compile(tree, filename, "exec", dont_inherit=True)
                return code
        except SystemError:
            return None

    def compile_standing(self) -> None:
        """Prints and compiles the function for customers of whom something is unknown, if that wasn't done before."""
        self._code(STANDING)

    def show(self) -> None:
        """Lets tracebacks show the lines that have been printed."""
        lines = "".join(self.emitted.functions.values()).splitlines(keepends=True)
        linecache.cache[self.filename] = (sum(map(len, lines)), None, lines, self.filename)


class _PlainConstants(ast.NodeTransformer):
    """Puts numbers, texts and sets of them in the place of their names: constants are faster than globals. The
    attributes of objects have no other place."""

    def __init__(self, objects: Mapping[str, Any]) -> None:
        self._plain = {name: value for name, value in objects.items() if isinstance(value, str | int | frozenset)}

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        name = self._plain.get(node.attr)
        return node if name is None else ast.copy_location(ast.Attribute(node.value, str(name), node.ctx), node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._plain or not isinstance(node.ctx, ast.Load):
            return node
        value = self._plain[node.id]
        if isinstance(value, frozenset) and not all(isinstance(each, str | int) for each in value):
            return node
        return ast.copy_location(ast.Constant(cast(Any, value)), node)


_ONE_TREE = threading.Lock()


def build(model: Model) -> Program:
    """Lowers, prints and compiles a model. Tracebacks show the generated lines, each with its rule beside it."""
    with uncollected():
        plan = lower(model)
        emitted = emit(plan, model)
    filename = f"<rulelang {fingerprint(model)}>"
    known_keys = frozenset(key for each in model.fields.values() for key in (each.name, each.label) if key is not None)
    branch_rules = tuple(rule.name for rule in plan.rules for _ in rule.branches)
    program = Program(plan, emitted, branch_rules, known_keys, filename)
    program.show()
    weakref.finalize(program, linecache.cache.pop, filename, None).atexit = False
    return program
