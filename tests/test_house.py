"""The rules of the house: layers, types, style, size, what an import costs, nothing private in the tree."""

import os
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp  # what import-linter sees with
import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FILE = 400


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False)


def assert_clean(result: subprocess.CompletedProcess[str]) -> None:
    assert result.returncode == 0, f"\n{result.stdout}\n{result.stderr}"


def source_files() -> list[Path]:
    return sorted([*(ROOT / "rulelang").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")])


def tracked_files() -> list[Path]:
    """Every file git knows; outside a checkout (an unpacked source archive), every file there is."""
    listing = run("git", "ls-files", "-z")
    if listing.returncode != 0:
        return [each for each in ROOT.rglob("*") if each.is_file() and ".venv" not in each.parts]
    return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_layers_hold() -> None:
    script = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    assert_clean(run(sys.executable, "-c", script))


def test_no_import_goes_in_a_circle() -> None:
    """Whatever a module imports stands below it: at its head, inside a function, for type checkers alone."""
    graph = grimp.build_graph("rulelang", cache_dir=None)
    for node in ("calls", "lists", "moments", "standing"):  # the nodes of expressions hold expressions
        graph.remove_import(importer=f"rulelang.model.{node}", imported="rulelang.model.expressions")
    below = {each: graph.find_modules_directly_imported_by(each) for each in graph.modules}
    assert len(below) > 400, "no modules found: the test looks in the wrong place"
    TopologicalSorter(below).prepare()  # raises CycleError, which names the modules


@pytest.mark.slow
def test_types_hold() -> None:
    assert_clean(run(sys.executable, "-m", "mypy"))


def test_style_holds() -> None:
    assert_clean(run(sys.executable, "-m", "ruff", "check", "--quiet", "--output-format", "concise", "."))


def test_files_stay_short_enough_to_read() -> None:
    lengths = {str(each.relative_to(ROOT)): len(each.read_text("utf-8").splitlines()) for each in source_files()}
    assert lengths, "no source files found: the test looks in the wrong place"
    assert {} == {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def test_every_silenced_check_says_why() -> None:
    """`# noqa: X` and `# type: ignore[x]` are followed by a reason in words."""
    silenced = re.compile(r"#\s*(noqa(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)?|type:\s*ignore(\[[a-z, -]+\])?)(?P<reason>.*)")
    bare = [
        f"{each.relative_to(ROOT)}:{number}"
        for each in source_files()
        for number, line in enumerate(each.read_text("utf-8").splitlines(), 1)
        if (found := silenced.search(line)) and not re.search(r"\w{2}", found["reason"])
    ]
    assert [] == bare


def test_import_loads_lark_attrs_and_the_standard_library_only(tmp_path: Path) -> None:
    script = (
        "import sys; before = set(sys.modules); import rulelang; "
        "tops = {name.partition('.')[0] for name in set(sys.modules) - before}; "
        "print(*sorted(tops - sys.stdlib_module_names))"
    )
    result = run(sys.executable, "-W", "error", "-c", script, cwd=tmp_path)
    assert_clean(result)
    loaded = set(result.stdout.split())
    assert "rulelang" in loaded
    assert set() == loaded - {"rulelang", "lark", "attr", "attrs"}


def test_no_path_of_a_development_machine_is_tracked() -> None:
    paths = [r"/home/\w", r"/Users/\w", r"(?<![\w.~-])/root/", r"[A-Za-z]:\\Users\\"]
    if len(ROOT.parts) > 2:  # "/app" alone would be found in innocent text
        paths.append(rf"{re.escape(str(ROOT))}\b")
    private = re.compile("|".join(paths))
    found = []
    for each in tracked_files():
        text = each.read_bytes().decode("utf-8", "replace")
        if each != Path(__file__).resolve() and (match := private.search(text)):
            found.append(f"{each.relative_to(ROOT)}: {match[0]}")
    assert [] == found


def test_ci_runs_the_test_command_of_the_readme() -> None:
    command = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()[-1]
    assert command.endswith("-m pytest -q -n auto")
    assert command in (ROOT / "README.md").read_text("utf-8").splitlines()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
