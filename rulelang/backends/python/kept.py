"""A compiled program that was kept: its functions run without the model, the plan and the printer they come from.

    kept = KeptProgram(head, sections)
    bound = kept.bind(as_of)

The head holds the compiled code and what is plain; all else is read when it is needed: what reads values that are not
in their canonical form, what rests on the as-of date, the function for customers of whom something is unknown. What
can't be read is made anew from the rules. This module imports next to nothing.
"""

from __future__ import annotations

import marshal

from rulelang.backends.python.bound import PLAIN, Bound, add_answers
from rulelang.backends.python.plain_values import unwrapped, unwrapped_index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from typing import Any

    from rulelang.backends.python.objects import Layout
    from rulelang.backends.python.reviving import Sections
    from rulelang.lowering.planned import Plan


class KeptProgram:
    """The generated code of a ruleset as it was kept; ``fields``, ``outcomes``, ``branch_rules`` and
    ``known_keys`` as in `rulelang.backends.python.program.Program`."""

    __slots__ = ("_head", "_sections", "branch_rules", "fields", "known_keys", "outcomes")

    def __init__(self, head: Mapping[str, Any], sections: Sections) -> None:
        self._head, self._sections = head, sections
        self.fields: tuple[str, ...] = head["fields"]
        self.outcomes: tuple[str, ...] = head["outcomes"]
        self.branch_rules: Sequence[str] = head["branch rules"]
        self.known_keys: frozenset[str] = head["known keys"]

    @property
    def plan(self) -> Plan:
        """The plan, made anew."""
        return self._sections.program.plan

    def of_objects(self, layout: Layout, bound: Bound, **more: Any) -> Mapping[str, Any] | None:
        """The functions of the short way for objects, of the program made anew."""
        program = self._sections.program
        return program.of_objects(layout, program.bind(self._sections.model, bound.as_of), **more)

    def bind(self, as_of: date) -> Bound:
        """The functions for an as-of date."""
        head = self._head
        namespace: dict[str, Any] = {**PLAIN, "AS_OF": as_of}
        answers = add_answers(namespace, head["outcomes"], head["stages"])
        if head["runtime"]:
            from rulelang.backends.python.runtime import RUNTIME

            namespace.update({name: RUNTIME[name] for name in head["runtime"]})
        namespace.update({name: unwrapped(form) for name, form in head["objects"].items()})
        namespace.update({name: set() for name in head["texts"]})
        dated = self._add_day(namespace, as_of)
        blank: object = None
        if head["may be blank"]:
            from rulelang.model.contributions import BLANK

            blank = BLANK
        for name, form in {**head["indexes"], **dated}.items():
            namespace[name] = unwrapped_index(form, blank)
        later = _Later(namespace, self._sections, as_of)
        for name, of_texts in head["readers"].items():
            namespace[name] = later.function(name) if of_texts is None else later.text_reader(name, *of_texts)
        namespace["standing"] = later.standing
        for name, code in head["functions"].items():
            namespace[name] = later.whole(name) if code is None else later.compiled(name, code)
        if head["code"] is not None:
            exec(head["code"], namespace)
        bound = Bound(self, as_of, namespace, answers)
        if head["dated"] and "kept day" not in namespace:
            self._sections.keep_day(bound)
        return bound

    def _add_day(self, namespace: dict[str, Any], as_of: date) -> Mapping[str, Any]:
        """Adds what rests on the as-of date or has no plain form; gives the indexes that do and have one."""
        head = self._head
        if not head["dated"] and not head["others"]:
            return {}
        day = self._sections.plain(f"{as_of.isoformat()}.day") if not head["others"] else None
        if day is not None:
            namespace.update({name: unwrapped(form) for name, form in day["values"].items()})
            namespace["kept day"] = True
            found: Mapping[str, Any] = day["indexes"]
            return found
        from rulelang.backends.python.reviving import add_parts

        add_parts(namespace, self._sections, as_of)
        return {}


class _Later:
    """Functions that few customers need, made when they are first called."""

    __slots__ = ("_as_of", "_found", "_namespace", "_sections", "_standing")

    def __init__(self, namespace: dict[str, Any], sections: Sections, as_of: date) -> None:
        self._namespace, self._sections, self._as_of = namespace, sections, as_of
        self._found: Mapping[str, Any] | None = None
        self._standing: Callable[..., Any] | None = None

    def function(self, name: str) -> Callable[..., Any]:
        """Calls what reads values that are not in their canonical form."""

        def call(*values: Any) -> Any:
            if self._found is None:
                from rulelang.backends.python.reviving import readers

                self._found = readers(self._namespace, self._sections, self._as_of)
            return self._found[name](*values)

        return call

    def text_reader(self, name: str, common: str, blanks: frozenset[str]) -> Callable[..., Any]:
        """Reads a text: one that is as it should be at once, any other as all else is read."""
        from rulelang.values.text import LONGEST, MOST_COMMON, clean_text

        slow, texts = self.function(name), self._namespace[common]

        def call(raw: Any, row: Any, report: Any) -> Any:
            if raw.__class__ is not str or raw in blanks or clean_text(raw) != raw:
                return slow(raw, row, report)
            if len(raw) <= LONGEST and len(texts) < MOST_COMMON:
                texts.add(raw)
            return raw

        return call

    def whole(self, name: str) -> Callable[..., Any]:
        """A function of a large program that no customer needed before it was kept."""

        def call(*values: Any) -> Any:
            sections = self._sections
            return sections.program.bind(sections.model, self._as_of).namespace[name](*values)

        return call

    def compiled(self, name: str, code: bytes) -> Callable[..., Any]:
        """A function of a large program."""
        made: list[Callable[..., Any]] = []

        def call(*values: Any) -> Any:
            if not made:
                own = dict(self._namespace)
                exec(marshal.loads(code), own)
                made.append(own[name])
            return made[0](*values)

        return call

    def standing(self, *values: Any) -> Any:
        """The function for customers of whom something is unknown."""
        if self._standing is None:
            from rulelang.backends.python.reviving import standing

            self._standing = standing(self._namespace, self._sections, self._as_of)
        return self._standing(*values)
