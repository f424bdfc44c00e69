"""What a plug-in brings, as one value.

A distribution names such a value in the entry-point group ``rulelang.plugins``::

    plugin = Plugin(name="retail", label="零售", version="1.0", folder=Path(__file__).parent)

Its ``folder`` holds ``vocabulary.rules`` (fields, choices, thresholds that ``use retail`` brings in), reference lists
and ``rulesets/*.rules`` with their sample customers. A folder with a ``plugin.toml`` and no Python works as well.
"""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

GROUP = "rulelang.plugins"
VOCABULARY = "vocabulary.rules"
RULESETS = "rulesets"


@frozen
class Plugin:
    """A plug-in: its name, its Chinese label, its version, and the folder its files stand in."""

    name: str
    version: str
    folder: Path
    label: str | None = None
    summary: str = ""
    summary_label: str = ""

    @property
    def vocabulary(self) -> Path | None:
        """The file of declarations that ``use`` brings in, if there is one."""
        path = self.folder / VOCABULARY
        return path if path.is_file() else None

    @property
    def rulesets(self) -> Path:
        """The folder of its rulesets."""
        return self.folder / RULESETS

    def answers_to(self, name: str) -> bool:
        """Whether this is the plug-in called so, in either language."""
        return name in (self.name, self.label)
