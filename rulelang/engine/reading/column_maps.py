"""Column maps: files that say which columns of an export belong to which fields, and what its values are called here.

    # Accounts of a CRM, exported as CSV
    Account Name = customer_name
    Account Type = customer_kind
      Customer = company

A line is ``COLUMN = FIELD``; lines set in below it are ``VALUE = VALUE HERE``. Of several columns for one field the
first that is in the data counts. A plug-in's maps stand in its folder ``maps/`` and say what they are called:
``map: zoho``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from attrs import evolve, field, frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.draft import start_draft, unwritable
from rulelang.engine.reading.mapping import read_pair
from rulelang.model.program import Model
from rulelang.plugin.discover import Plugins
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice

ENDING = ".map"
MAPS = "maps"
_SLIP = 0.85
_NAMED = re.compile(r"map\s*[:：]\s*(?P<name>[^(（]+?)\s*(?:[(（]\s*(?P<label>[^)）]+?)\s*[)）])?\s*")


@frozen
class MapLine:
    """A column and its field, with the number of its line and what its values are called here."""

    column: str
    field: str
    line: int
    values: tuple[tuple[str, str], ...] = ()


@frozen
class SavedMap:
    """What a run used: ``pairs`` of column and field, what ``values`` are called in a field's column, the fields that
    were ``not_found`` and the columns that were ``unused``.
    """

    pairs: tuple[tuple[str, str], ...]
    values: Mapping[str, Mapping[str, str]]
    not_found: tuple[str, ...]
    unused: tuple[str, ...]
    others: tuple[MapLine, ...] = ()


@frozen
class ColumnMapFile:
    """A map: the file as the user knows it, its lines, its names; ``own`` where the user wrote it, not a plug-in."""

    file: str
    lines: tuple[MapLine, ...]
    names: tuple[str, ...] = ()
    own: bool = True


@frozen
class AppliedMaps:
    """What maps come to for some data: pairs of column and field, values by field, and what is to be said aloud."""

    pairs: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(factory=dict)
    notes: tuple[Diagnostic, ...] = ()
    others: tuple[MapLine, ...] = ()


def is_pair(text: str) -> bool:
    """Whether the value of ``--map`` is a pair COLUMN=FIELD rather than a file or a name."""
    return ("=" in text or "＝" in text) and not Path(text).is_file()


def find_map(text: str, plugins: Plugins) -> ColumnMapFile:
    """The map of a file, or of a name in a plug-in. Raises DataError: ``no-such-map``, ``map-line``."""
    if Path(text).is_file():
        return read_map(Path(text))
    known = [evolve(read_map(path), own=False) for path in _of_plugins(plugins)]
    for each in known:
        if text in each.names:
            return evolve(each, file=text)
    names = [name for each in known for name in each.names]
    raise DataError((Diagnostic("no-such-map", facts={"name": text, "known": names}, nearest=nearest(text, names)),))


def _of_plugins(plugins: Plugins) -> list[Path]:
    folders = (each.folder / MAPS for each in plugins.plugins if each.folder is not None)
    return [path for folder in folders if folder.is_dir() for path in sorted(folder.glob(f"*{ENDING}"))]


def read_map(path: Path) -> ColumnMapFile:
    """The lines of a map. Raises DataError: ``map-line`` (what is neither a pair nor a remark), ``unreadable-file``."""
    names: tuple[str, ...] = ()
    lines: list[MapLine] = []
    wrong: list[Diagnostic] = []
    for number, written in enumerate(_text(path).splitlines(), 1):
        text = clean_text(written)
        named = _NAMED.fullmatch(text)
        if not text or text[0] in "#＃":
            continue
        if named is not None:
            names = tuple(each for each in (named["name"], named["label"]) if each)
            continue
        inside = written[0] in " \t　" and bool(lines)
        try:
            left, right = read_pair(text)
        except DataError:
            wrong.append(Diagnostic("map-line", facts={"file": str(path), "line": number, "text": text}))
            continue
        if inside:
            lines[-1] = evolve(lines[-1], values=(*lines[-1].values, (left, right)))
        else:
            lines.append(MapLine(left, right, number))
    if wrong:
        raise DataError(tuple(wrong))
    return ColumnMapFile(str(path), tuple(lines), names)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        facts = {"file": str(path), "reason": error.strerror or type(error).__name__}
        raise DataError((Diagnostic("unreadable-file", facts=facts),)) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def apply_maps(
    maps: Iterable[ColumnMapFile],
    columns: Sequence[str],
    model: Model,
    given: Iterable[tuple[str, str]] = (),
    checked: bool = False,
) -> AppliedMaps:
    """The pairs that maps come to for columns of data; fields that the caller has ``given`` a column keep it. Pairs are
    for fields that rules read and, where ``checked``, for those that are only checked.

    Fields of the maps that the ruleset doesn't have are passed over; one that nearly is called like a field is told.
    Raises DataError: ``map-column-missing`` (a column of a user's map is called nearly like one of the data: renamed),
    ``map-value-unknown``.
    """
    work = _Applying(columns, model, given, checked)
    for each in maps:
        work.add(each)
    if work.wrong:
        raise DataError(tuple(work.wrong))
    return AppliedMaps(tuple(work.pairs), work.values, tuple(work.notes), tuple(work.others))


def _slips(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The fields that a name is a slip of the pen for; a map may well name fields of other rulesets."""
    return tuple(each for each in nearest(name, names) if SequenceMatcher(None, name, each).ratio() >= _SLIP)


class _Applying:
    """What was found so far."""

    def __init__(self, columns: Sequence[str], model: Model, given: Iterable[tuple[str, str]], checked: bool) -> None:
        self.columns = columns
        self.titles = [clean_text(each) for each in columns]
        self.model = model
        further = model.checks if checked else ()
        self.fields = {each.field.name: each.field for each in further} | dict(model.fields)
        self.names = {each.label: each.name for each in self.fields.values() if each.label}
        self.names |= {name: name for name in self.fields}
        self.done = {self.names.get(name, name) for _, name in given}
        self.pairs: list[tuple[str, str]] = []
        self.values: dict[str, dict[str, str]] = {}
        self.notes: list[Diagnostic] = []
        self.wrong: list[Diagnostic] = []
        self.others: list[MapLine] = []

    def add(self, map_: ColumnMapFile) -> None:
        lines: dict[str, list[MapLine]] = {}
        for each in map_.lines:
            if "." in each.field:  # of a second table, which has columns of its own
                self.pairs.append((each.column, each.field))
                continue
            name = self.names.get(each.field)
            if name is not None:
                lines.setdefault(name, []).append(each)
            elif map_.own:
                self.others.append(each)
            if name is None and map_.own and (near := _slips(each.field, self.names)):
                facts = {"file": map_.file, "line": each.line, "field": each.field}
                self.notes.append(Diagnostic("map-field-unknown", facts=facts, nearest=near))
        for name, of_field in lines.items():
            if name not in self.done:
                self.choose(map_, self.fields[name], of_field)

    def choose(self, map_: ColumnMapFile, wanted: Field, lines: Sequence[MapLine]) -> None:
        """The column of a field: that of the first line whose column is in the data."""
        present = [each for each in lines if each.column in self.titles]
        own = [each for each in (wanted.name, wanted.label) if each in self.titles]
        facts = {
            "file": map_.file,
            "line": lines[0].line,
            "field": wanted.name,
            "field_zh": wanted.label or wanted.name,
        }
        if not present:
            if wanted.name in self.model.fields and not own:
                titles = tuple(each.column for each in lines)
                near = tuple(dict.fromkeys(found for each in titles for found in nearest(each, self.columns)))
                code = "map-column-missing" if map_.own and near else "map-title-missing"
                found = Diagnostic(code, facts={**facts, "columns": titles}, nearest=near)
                renamed = map_.own and bool(near)  # else this export has no such column, which is told
                if map_.own or near:
                    (self.wrong if renamed else self.notes).append(found)
            return
        chosen = present[0]
        others = [each.column for each in present[1:]] + [each for each in own if each != chosen.column]
        if others:
            facts = {**facts, "line": chosen.line, "column": chosen.column, "others": tuple(dict.fromkeys(others))}
            self.notes.append(Diagnostic("map-column-preferred", facts=facts))
        self.done.add(wanted.name)
        self.pairs.append((chosen.column, wanted.name))
        for each in lines:  # whatever the column is called, its values are called the same
            self.take_values(map_, wanted, each)

    def take_values(self, map_: ColumnMapFile, wanted: Field, line: MapLine) -> None:
        for cell, value in line.values:
            if isinstance(wanted.type, Choice) and wanted.type.member(value) is None:
                spellings = [each for member in wanted.type.members for each in member.spellings()]
                names = {"field": wanted.name, "field_zh": wanted.label or wanted.name}
                facts = {"file": map_.file, "line": line.line, **names, "value": value}
                near = nearest(value, spellings)
                self.wrong.append(Diagnostic("map-value-unknown", facts={**facts, "members": spellings}, nearest=near))
            self.values.setdefault(wanted.name, {})[cell] = value


_SAVED = {
    "en": (
        "# Columns of {file} and their fields",
        "# Fields without a column: write its title, take the “#” off",
        "# Fields of other rulesets",
    ),
    "zh": ("# {file}的列与字段", "# 没有对应列的字段：在“＝”前写上列名，再去掉行首的“#”", "# 其他规则集的字段"),
}
_NOT_USED = {"en": "# Columns not used: {columns}", "zh": "# 未使用的列：{columns}"}
_COLUMN = {"en": "COLUMN", "zh": "列名"}


def save_map(path: Path, source: str, model: Model, used: SavedMap, language: str) -> None:
    """Writes columns and fields as a map that can be used again, with the fields that are still without a column as
    lines to fill in. Raises DataError where it can't be written.
    """
    labels = {each.field.name: each.field.label for each in model.checks}
    labels |= {each.name: each.label for each in model.fields.values()}
    head, to_fill_in, others = _SAVED[language]
    lines = [head.format(file=source)]
    for column, name in used.pairs:
        lines.append(f"{column} = {(language == 'zh' and labels.get(name)) or name}")
        lines += [f"  {cell} = {value}" for cell, value in used.values.get(name, {}).items()]
    if used.others:
        lines += ["", others]
        for line in used.others:
            lines.append(f"{line.column} = {line.field}")
            lines += [f"  {cell} = {value}" for cell, value in line.values]
    if used.not_found:
        lines += ["", to_fill_in]
        for name in used.not_found:
            spellings = [each for each in (name, labels.get(name)) if each]
            near = [found for each in spellings for found in nearest(each, used.unused)]
            lines.append(
                f"# {near[0] if near else _COLUMN[language]} = {(language == 'zh' and labels.get(name)) or name}"
            )
        if used.unused:
            between = "、" if language == "zh" else ", "
            lines.append(_NOT_USED[language].format(columns=between.join(used.unused)))
    draft = start_draft(path)
    try:
        draft.path.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
        draft.commit()
    except OSError as error:
        draft.discard()
        raise unwritable(str(path), error) from error
