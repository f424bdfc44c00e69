"""Rules that are read again and again while somebody writes them: each time only what has changed.

    editing = Editing(folder)
    editing.read([Source("shop.rules", text)]).diagnostics

What is said is what reading all of it would say. Places in diagnostics stay as they were when the rules were read;
places in a model move along with the text: it is that of the last reading which counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import evolve, field, frozen

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.diagnostics.position import Source
from rulelang.memory import Memory
from rulelang.pipeline import Context, Read, read_sources


@frozen
class Editing:
    """Some rule files that decide together, in the hands of their author; not to be shared between threads.

    ``folder`` is where the files they name are looked for.
    """

    folder: Path
    context: Context = Context()
    _memory: Memory = field(factory=Memory.lasting, init=False)

    def read(self, sources: Sequence[Source]) -> Read:
        """The model of the texts as they are now, and what is wrong with them."""
        found = read_sources(sources, self.folder, self.context, self._memory)
        return evolve(found, diagnostics=tuple(map(_settled, found.diagnostics)))


def _settled(found: Diagnostic) -> Diagnostic:
    span = None if found.span is None else found.span.settled()
    labels = tuple(Label(each.key, each.span.settled()) for each in found.labels)
    return evolve(found, span=span, labels=labels)
