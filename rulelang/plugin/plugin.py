"""What a plug-in brings, as one value.

A distribution names such a value in the entry-point group ``rulelang.plugins``::

    plugin = Plugin(name="retail", label="零售", version="1.0", folder=Path(__file__).parent)

Its ``functions`` are used in rules like built-in ones. Its ``folder`` holds ``vocabulary.rules`` (fields, choices,
thresholds that ``use retail`` brings in), reference lists, ``rulesets/*.rules`` with their sample customers, and
``words.*.toml``: word tables of further languages that a file with ``use retail`` may be written in. A folder with a
``plugin.toml`` and no Python works as well.
"""

from __future__ import annotations

from pathlib import Path

from attrs import evolve, frozen

from rulelang.vocabulary.functions import Function

GROUP = "rulelang.plugins"
VOCABULARY = "vocabulary.rules"
RULESETS = "rulesets"
WORDS = "words.*.toml"


@frozen
class Plugin:
    """A plug-in: its name, its Chinese label, its version, the folder its files stand in if it has any, its functions.

    Raises ValueError where two of its functions have one name.
    """

    name: str
    version: str
    folder: Path | None = None
    label: str | None = None
    summary: str = ""
    summary_label: str = ""
    functions: tuple[Function, ...] = ()

    def __attrs_post_init__(self) -> None:
        names = [spelling for each in self.functions for spelling in each.spellings]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two functions are called {name}")

    @property
    def provided_functions(self) -> tuple[Function, ...]:
        """Its functions, each with the plug-in and the version it comes from."""
        return tuple(evolve(each, plugin=self.name, version=self.version) for each in self.functions)

    @property
    def vocabulary(self) -> Path | None:
        """The file of declarations that ``use`` brings in, if there is one."""
        path = None if self.folder is None else self.folder / VOCABULARY
        return path if path is not None and path.is_file() else None

    @property
    def words(self) -> tuple[Path, ...]:
        """Its word tables, one per language."""
        return () if self.folder is None else tuple(sorted(self.folder.glob(WORDS)))

    @property
    def rulesets(self) -> Path | None:
        """The folder of its rulesets, if there is one."""
        path = None if self.folder is None else self.folder / RULESETS
        return path if path is not None and path.is_dir() else None

    def answers_to(self, name: str) -> bool:
        """Whether this is the plug-in called so, in either language."""
        return name in (self.name, self.label)
