"""``rulelang code``."""

from rulelang.diagnostics.catalogue import entries
from tests.cli.conftest import Call


def test_the_page_of_a_code(call: Call) -> None:
    result = call("code", "unknown-name")
    assert 0 == result.exit_code
    assert result.stdout.startswith("# unknown-name\n\nA name is used that is declared nowhere.")
    assert "## Prefer" in result.stdout
    assert "## 建议" in call("code", "Unknown-Name", "--lang", "zh").stdout


def test_all_codes_in_a_line_each(call: Call) -> None:
    for lang in ("en", "zh"):
        lines = call("code", "--lang", lang).stdout.splitlines()
        assert sorted(entries()) == [line.split()[0] for line in lines]
        assert all(len(line.split(maxsplit=1)) == 2 for line in lines)


def test_an_unknown_code_offers_the_nearest(call: Call) -> None:
    result = call("code", "unknown-nme")
    assert (2, "") == (result.exit_code, result.stdout)
    assert "Did you mean unknown-name" in result.stderr
