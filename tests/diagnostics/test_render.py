"""Diagnostics as a person reads them."""

from hypothesis import given
from hypothesis import strategies as st

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.diagnostics.position import Source, display_width
from rulelang.diagnostics.render import render


def unknown(source: Source, text: str, *near: str, labels: tuple[Label, ...] = ()) -> Diagnostic:
    start = source.text.index(text)
    return Diagnostic("unknown-name", source.span(start, start + len(text)), {"name": text}, near, labels)


def test_a_message_in_english() -> None:
    source = Source("lifecycle.rules", "# first\nif last_purchse > 365 days then lifecycle = lost\n")
    expected = """\
error unknown-name: Nothing is called “last_purchse”. Did you mean last_purchase?
  --> lifecycle.rules:2:4
    2 | if last_purchse > 365 days then lifecycle = lost
      |    ^^^^^^^^^^^^
  What to do: Check the spelling, or declare it by what it holds, such as field last_purchse: text (number, date …)."""
    assert expected == render([unknown(source, "last_purchse", "last_purchase")], [source])


def test_a_message_in_chinese_marks_full_width_characters_with_two_signs() -> None:
    source = Source("会员.rules", "如果最近购物超过365天那么生命周期＝流失")
    expected = """\
错误 unknown-name：没有叫“最近购物”的字段。是否指：最近购买？
  --> 会员.rules 第1行 第3列
    1 | 如果最近购物超过365天那么生命周期＝流失
      |     ^^^^^^^^
  怎么改：请检查写法，或按内容声明，如：字段最近购物：文本（数字、日期……）。"""
    assert expected == render([unknown(source, "最近购物", "最近购买")], [source], "zh")


def test_a_second_place_is_shown_with_what_it_is() -> None:
    source = Source("a.rules", "field a: number\nfield a: text\n")
    first, second = source.span(6, 7), source.span(22, 23)
    diagnostic = Diagnostic("duplicate-name", second, {"name": "a"}, labels=(Label("first-declared-here", first),))
    expected = """\
error duplicate-name: “a” is declared twice.
  --> a.rules:2:7
    2 | field a: text
      |       ^
  --> a.rules:1:7
    1 | field a: number
      |       ^ first declared here
  What to do: Delete one of the two, or give one another name."""
    assert expected == render([diagnostic], [source])


def test_a_place_in_a_file_that_is_not_at_hand_is_only_named() -> None:
    span = Source("data.csv", "a,b\n1,2").span(4, 5)
    text = render([Diagnostic("row-length", span, {"row": 1, "found": 3, "expected": 2})], [])
    assert "  --> data.csv:2:1\n  What to do" in text


def test_a_finding_without_a_place() -> None:
    text = render([Diagnostic("empty-data", facts={"file": "a.csv"})], [])
    assert text.startswith("error empty-data: “a.csv” has no rows.\n  What to do: ")


def test_findings_are_separated_by_a_blank_line() -> None:
    one = Diagnostic("interrupted")
    assert render([one], []) + "\n\n" + render([one], []) == render([one, one], [])


def test_tabs_and_control_characters_keep_the_mark_in_its_place() -> None:
    source = Source("a.rules", "\tif \x1b[2Jbalnce > 1")
    lines = render([unknown(source, "balnce")], [source]).split("\n")
    assert "\x1b" not in "".join(lines)
    assert lines[2].index("balnce") == lines[3].index("^")


def test_a_very_long_line_is_cut_around_the_mark() -> None:
    source = Source("a.rules", "if " + "x = 1 or " * 2000 + "balnce > 1" + " or y = 2" * 2000)
    lines = render([unknown(source, "balnce")], [source]).split("\n")
    assert max(map(len, lines)) < 200
    assert lines[2].index("balnce") == lines[3].index("^")


@given(
    before=st.text("ab如果（  ｡é", max_size=90),
    name=st.text("xyz购买名", min_size=1, max_size=70),
    after=st.text("c那么) ", max_size=200),
)
def test_the_mark_stands_under_what_it_marks(before: str, name: str, after: str) -> None:
    source = Source("a.rules", before + name + after)
    diagnostic = Diagnostic("unknown-name", source.span(len(before), len(before) + len(name)), {"name": name})
    line, mark = render([diagnostic], [source]).split("\n")[2:4]
    shown, signs = line.split("| ", 1)[1], mark.split("| ", 1)[1]
    start = display_width(signs[: len(signs) - len(signs.lstrip())])
    assert shown_at(shown, start, len(signs.strip())) == name[: len(shown_at(shown, start, len(signs.strip())))]


def shown_at(text: str, start: int, width: int) -> str:
    """The characters of a text in the cells from ``start`` on."""
    found, cell = "", 0
    for each in text:
        if start <= cell < start + width:
            found += each
        cell += display_width(each)
    return found


def test_colour_is_put_around_the_parts_that_have_a_role() -> None:
    source = Source("a.rules", "if balnce > 1")
    roles: list[str] = []

    def paint(text: str, role: str) -> str:
        roles.append(role)
        return f"<{role}>{text}"

    text = render([unknown(source, "balnce")], [source], paint=paint)
    assert text.startswith("<error>error unknown-name: ")
    assert {"error", "place", "mark", "help"} == set(roles)
