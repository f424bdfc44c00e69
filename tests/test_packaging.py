"""What people install: the source archive, the wheel made from it, a fresh environment with that wheel."""

import csv
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DEPENDENCIES = ("attrs", "click", "lark")
PYTEST = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]


def run(*command: str | Path, cwd: Path) -> str:
    """Runs a command without this process's Python path; returns its output, or fails the test with it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONUTF8"] = "1"
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=environment, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
    )  # fmt: skip
    assert result.returncode == 0, f"{command}\n{result.stdout}"
    return result.stdout


def shipped_files(folder: Path) -> set[str]:
    """The files below a folder as they should be shipped: no caches, nothing hidden."""
    found = set()
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in parts):
            found.add("/".join(parts))
    return found


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive and the wheel built from that archive, made without the network."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(archives: Path) -> Path:
    (only,) = archives.glob("*.whl")
    return only


def fresh_environment(home: Path, wheels: Sequence[Path], linked: Sequence[str]) -> Path:
    """The `bin` folder of a new environment that holds some wheels and nothing else but distributions linked from the
    environment the tests run in, so nothing is downloaded.
    """
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home.parent)
    python = home / "bin" / "python"
    install = ("-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", *wheels)
    run(sys.executable, *install, cwd=home.parent)
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(run(python, "-c", script, cwd=home).strip())
    for name in linked:
        files = distribution(name).files or []
        for top in {file.parts[0] for file in files if not file.parts[0].startswith("..")} - {"__pycache__"}:
            (packages / top).symlink_to(Path(str(distribution(name).locate_file(top))))
    return home / "bin"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a fresh environment that holds the wheel, its core dependencies and nothing else."""
    return fresh_environment(tmp_path_factory.mktemp("fresh") / "environment", [wheel], DEPENDENCIES)


def test_wheel_holds_every_shipped_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    expected = {f"rulelang/{name}" for name in shipped_files(ROOT / "rulelang")}
    for folder in ("grammars", "rulesets"):
        expected |= {f"rulelang/_bundled/{folder}/{name}" for name in shipped_files(ROOT / folder)}
    for plugin in (ROOT / "plugins").iterdir():
        if plugin.is_dir() and not plugin.name.startswith((".", "_")):
            expected |= {f"{plugin.name}/{name}" for name in shipped_files(plugin)}
    assert any(name.endswith(".rules") for name in expected), "no rule file is shipped"
    assert set() == expected - inside


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    plugins = {each.name for each in (ROOT / "plugins").glob("rulelang_*") if each.is_dir()}
    assert {"rulelang", *plugins} == {top for top in tops if not top.endswith(".dist-info")}


def test_source_archive_holds_the_tests(archives: Path) -> None:
    (only,) = archives.glob("*.tar.gz")
    with tarfile.open(only) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"tests/test_packaging.py", "LICENSE", "README.md", "CHANGELOG.md"} <= names


def test_core_dependencies_are_the_declared_ones() -> None:
    declared = [each for each in distribution("rulelang").requires or [] if "extra ==" not in each]
    assert list(DEPENDENCIES) == sorted(each.partition(">=")[0] for each in declared)


def test_installed_command_and_package_know_their_version(installed: Path, tmp_path: Path) -> None:
    version = distribution("rulelang").version
    assert version in run(installed / "rulelang", "--version", cwd=tmp_path).split()
    script = "import rulelang; print(rulelang.__version__)"
    assert version == run(installed / "python", "-c", script, cwd=tmp_path).strip()


def test_installed_package_finds_its_files(installed: Path, tmp_path: Path) -> None:
    script = (
        "from rulelang import resources; folders = (resources.grammars(), resources.rulesets()); "
        "files = [(folder, path) for folder in folders for path in folder.rglob('*') if path.is_file()]; "
        "print(*(path.relative_to(folder.parent).as_posix() for folder, path in files), sep='\\n'); "
        "print(folders[0].parent)"
    )
    *names, folder = run(installed / "python", "-c", script, cwd=tmp_path).splitlines()
    assert Path(folder).is_relative_to(installed.parent)
    expected = {f"{each}/{name}" for each in ("grammars", "rulesets") for name in shipped_files(ROOT / each)}
    assert expected == set(names)


def test_installed_plugins_are_found_by_entry_point(installed: Path, tmp_path: Path) -> None:
    script = (
        "from importlib.metadata import entry_points; "
        "print(*sorted(each.load().name for each in entry_points(group='rulelang.plugins')))"
    )
    assert ["aml", "banking", "crm", "insurance", "retail"] == run(
        installed / "python", "-c", script, cwd=tmp_path
    ).split()


def test_installed_ruleset_decides_for_the_shipped_customers(installed: Path, tmp_path: Path) -> None:
    customers = ROOT / "rulesets" / "lifecycle" / "customers.csv"
    command = ("run", "lifecycle", customers, "--as-of", "2026-06-30", "-o", tmp_path / "decided.csv")
    run(installed / "rulelang", *command, cwd=tmp_path)
    header, *decided = csv.reader((tmp_path / "decided.csv").read_text("utf-8-sig").splitlines())
    assert len(customers.read_text("utf-8-sig").splitlines()) - 1 == len(decided)
    assert any(row[header.index("lifecycle")] for row in decided)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_new_plugin_installs_is_found_and_passes_its_tests(
    installed: Path, wheel: Path, tmp_path: Path, lang: str
) -> None:
    run(installed / "rulelang", "new", "plugin", "my_trade", "--label", "我的行业", "--lang", lang, cwd=tmp_path)
    folder = tmp_path / "rulelang-my-trade"
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path, folder, cwd=tmp_path)
    (built,) = tmp_path.glob("*.whl")
    binary = fresh_environment(tmp_path / "environment", [wheel, built], (*DEPENDENCIES, *PYTEST))
    assert "my_trade" in run(binary / "rulelang", "plugins", cwd=tmp_path)
    assert "9 passed" in run(binary / "python", "-m", "pytest", "-q", cwd=folder)
    (tmp_path / "客户.csv").write_text("编号,最近联系,近一年消费,邮编\n1,2026-03-02,1万,200040\n", "utf-8")
    command = ("run", "我的行业/下一步", "客户.csv", "--as-of", "2026-06-01")
    assert "拜访" in run(binary / "rulelang", *command, cwd=tmp_path)
