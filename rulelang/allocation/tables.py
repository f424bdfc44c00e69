"""Reads managers from their table, and of customers the columns that say where they are and whom they have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from attrs import frozen

from rulelang.allocation.parties import Manager
from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.sources.source import Source
from rulelang.values.errors import Unreadable
from rulelang.values.numbers import read_number
from rulelang.values.text import clean_text

# Titles by role, in both languages; the first is the one that messages name.
MANAGER_TITLES: Mapping[str, tuple[str, ...]] = {
    "manager": ("manager", "name", "team", "客户经理", "经理", "姓名", "团队"),
    "capacity": ("capacity", "places", "容量", "名额", "上限", "可服务户数"),
    "load": ("load", "current_load", "负荷", "当前负荷", "现有户数"),
    "region": ("region", "regions", "地区", "区域"),
    "skills": ("skills", "skill", "技能", "专长"),
}
CLIENT_TITLES: Mapping[str, tuple[str, ...]] = {
    "manager": ("manager", "relationship_manager", "客户经理", "经理"),
    "region": ("region", "地区", "地域", "区域"),
    "pinned": ("pinned", "pinned_to", "指定经理"),
    "excluded": ("excluded", "excluded_managers", "排除经理"),
}
_BOTH: Mapping[str, tuple[str, ...]] = {
    role: (*CLIENT_TITLES.get(role, ()), *MANAGER_TITLES.get(role, ()))
    for role in dict.fromkeys((*CLIENT_TITLES, *MANAGER_TITLES))
}
_SEPARATORS = re.compile(r"[;；、,，/|]")


@frozen
class Managers:
    """The managers of a table, with what was noticed; ``roles`` are those that a column was found for."""

    managers: tuple[Manager, ...]
    notes: tuple[Diagnostic, ...] = ()
    roles: frozenset[str] = frozenset()


def read_managers(source: Source, said: Mapping[str, str] | None = None) -> Managers:
    """The managers of a table: name and capacity, and where given load, regions and skills; ``said`` names columns by
    role. A column that nothing is taken from is told.

    Raises DataError: ``manager-column``, ``manager-value``, ``manager-twice``, ``no-rows``.
    """
    places = find_columns(source.columns, MANAGER_TITLES, said or {})
    missing = [role for role in ("manager", "capacity") if role not in places]
    if missing:
        raise DataError(
            tuple(
                Diagnostic(
                    "manager-column",
                    facts={"file": source.name, "titles": MANAGER_TITLES[role]},
                    nearest=tuple(nearest(MANAGER_TITLES[role][0], source.columns)),
                )
                for role in missing
            )
        )
    found: dict[str, Manager] = {}
    faults: list[Diagnostic] = []
    notes: list[Diagnostic] = []
    unused = tuple(each for place, each in enumerate(source.columns) if place not in places.values())
    if unused:
        absent = [each for each in MANAGER_TITLES if each not in places]
        roles = {"roles": absent, "roles_zh": [_chinese(MANAGER_TITLES[each]) for each in absent]}
        notes.append(
            Diagnostic(
                "manager-columns-unused", facts={"file": source.name, "columns": unused, "first": unused[0], **roles}
            )
        )
    for row in source.rows():
        if row.fault is not None:
            (notes if row.fault.code == "total-row" else faults).append(row.fault)
            continue
        cells = {role: _text(row.cells[place]) for role, place in places.items()}
        name = cells["manager"]
        if not any(cells.values()):
            continue
        capacity, load = _count(cells["capacity"]), _count(cells.get("load", "") or "0")
        if not name or capacity is None or load is None:
            role = "manager" if not name else "capacity" if capacity is None else "load"
            facts = {"file": source.name, "row": row.number, "column": source.columns[places[role]]}
            faults.append(Diagnostic("manager-value", facts={**facts, "value": cells[role]}))
        elif name in found:
            faults.append(Diagnostic("manager-twice", facts={"file": source.name, "row": row.number, "name": name}))
        else:
            found[name] = Manager(name, capacity, load, _several(cells.get("region")), _several(cells.get("skills")))
            if not found[name].room:
                notes.append(Diagnostic("manager-without-room", facts={"name": name, "row": row.number}))
    if faults:
        raise DataError(tuple(faults))
    if not found:
        raise DataError((Diagnostic("no-managers", facts={"file": source.name}),))
    return Managers(tuple(found.values()), tuple(notes), frozenset(places))


@frozen
class ClientColumns:
    """Where a customer's row says region, present manager, pin and exclusions; roles without a column are left out."""

    places: Mapping[str, int]

    def text(self, role: str, cells: Sequence[object]) -> str | None:
        """What a row says, None where it says nothing."""
        place = self.places.get(role)
        return None if place is None or place >= len(cells) else _text(cells[place]) or None

    def several(self, role: str, cells: Sequence[object]) -> frozenset[str]:
        """The same where it may be several, divided by ``;`` or ``、``."""
        return _several(self.text(role, cells))


def find_columns(
    columns: Sequence[str], titles: Mapping[str, Sequence[str]], said: Mapping[str, str]
) -> dict[str, int]:
    """The places of columns by role: the one that ``said`` names, else one of the usual title."""
    known = {_key(each): place for place, each in reversed(list(enumerate(columns)))}
    places: dict[str, int] = {}
    for role, spellings in titles.items():
        wanted = (*((said[role],) if role in said else ()), *spellings)
        place = next((known[key] for each in wanted if (key := _key(each)) in known), None)
        if place is not None:
            places[role] = place
    return places


def roles_said(said: Mapping[str, str], customers: Sequence[str], managers: Sequence[str]) -> dict[str, str]:
    """The columns that a user named, by role; a column of either table, of both where both have it.

    Raises DataError: ``role-unknown``, ``role-column`` (neither table that has the role has such a column).
    """
    found = {_role(each): column for each, column in said.items()}
    for role, column in found.items():
        columns = [
            each
            for titles, table in ((CLIENT_TITLES, customers), (MANAGER_TITLES, managers))
            if role in titles
            for each in table
        ]
        if _key(column) not in map(_key, columns):
            facts = {"role": role, "role_zh": _chinese(_BOTH[role]), "column": column}
            raise DataError((Diagnostic("role-column", facts=facts, nearest=tuple(nearest(column, columns))),))
    return found


def _role(wanted: str) -> str:
    """The role of a name: its own, or one of the titles it usually has. Raises DataError (``role-unknown``)."""
    key = _key(wanted)
    named = {_key(each): role for role, spellings in _BOTH.items() for each in (role, *spellings)}
    found = named.get(key)
    if found is None:
        known = tuple(each for spellings in _BOTH.values() for each in spellings)
        facts = {"role": wanted, "roles": tuple(_BOTH), "roles_zh": tuple(_chinese(each) for each in _BOTH.values())}
        raise DataError((Diagnostic("role-unknown", facts=facts, nearest=nearest(wanted, known)),))
    return found


def _chinese(spellings: Sequence[str]) -> str:
    return next(each for each in spellings if not each.isascii())


def _key(title: str) -> str:
    return re.sub(r"[\s_]", "", clean_text(title)).casefold()


def _text(cell: object) -> str:
    return "" if cell is None else clean_text(str(cell))


def _several(text: str | None) -> frozenset[str]:
    return frozenset(part for each in _SEPARATORS.split(text or "") if (part := each.strip()))


def _count(text: str) -> int | None:
    """A whole number from 0, None for anything else."""
    try:
        number = read_number(text)
    except Unreadable:
        return None
    return int(number) if number == int(number) and number >= 0 else None
