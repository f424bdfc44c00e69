"""Rule files and the sample files beside them, in real folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.testing.discover import Discovery, find_rulesets, rules_of, samples_beside


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


def shown(discovery: Discovery, folder: Path) -> dict[str, list[str]]:
    def name(path: Path) -> str:
        return path.relative_to(folder).as_posix()

    return {name(each.rules): [name(sample) for sample in each.samples] for each in discovery.found}


def codes(discovery: Discovery) -> list[str]:
    return [each.code for each in discovery.diagnostics]


def test_every_rule_file_under_a_folder_with_its_samples(tmp_path: Path) -> None:
    touch(tmp_path, "shop.rules", "shop.samples.csv", "shop.samples.xlsx", "deep/店.rules", "deep/店.样例.csv")
    touch(tmp_path, "deep/bare.rules", "deep/customers.csv", "shop.samples.txt", "shopping.samples.csv.bak")
    discovery = find_rulesets([tmp_path])
    assert {
        "deep/bare.rules": [],
        "deep/店.rules": ["deep/店.样例.csv"],
        "shop.rules": ["shop.samples.csv", "shop.samples.xlsx"],
    } == shown(discovery, tmp_path)
    assert () == discovery.diagnostics


def test_hidden_folders_and_virtual_environments_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "a.rules", ".git/b.rules", "venv/pyvenv.cfg", "venv/c.rules", "node_modules/d.rules")
    touch(tmp_path, ".e.rules", "__pycache__/f.rules")
    assert {"a.rules": []} == shown(find_rulesets([tmp_path]), tmp_path)


def test_a_rule_file_stands_for_itself_and_a_sample_file_for_its_rule_file(tmp_path: Path) -> None:
    touch(tmp_path, "a.rules", "a.samples.csv", "a.samples.yaml", "b.rules")
    assert {"a.rules": ["a.samples.csv", "a.samples.yaml"]} == shown(find_rulesets([tmp_path / "a.rules"]), tmp_path)
    assert {"a.rules": ["a.samples.yaml"]} == shown(find_rulesets([tmp_path / "a.samples.yaml"]), tmp_path)


def test_paths_that_overlap_count_once(tmp_path: Path) -> None:
    touch(tmp_path, "a.rules", "a.samples.csv")
    paths = [tmp_path, tmp_path / "a.rules", tmp_path / "a.samples.csv"]
    assert {"a.rules": ["a.samples.csv"]} == shown(find_rulesets(paths), tmp_path)


def test_samples_without_a_rule_file_are_a_finding(tmp_path: Path) -> None:
    touch(tmp_path, "shop.samples.csv")
    discovery = find_rulesets([tmp_path])
    assert ["samples-without-rules"] == codes(discovery)
    assert {"file": "shop.samples.csv", "rules": "shop.rules"} == discovery.diagnostics[0].facts
    assert ["samples-without-rules"] == codes(find_rulesets([tmp_path / "shop.samples.csv"]))


def test_nothing_to_find_is_a_finding(tmp_path: Path) -> None:
    touch(tmp_path, "customers.csv")
    assert ["no-rule-files"] == codes(find_rulesets([tmp_path]))
    assert ["no-rule-files"] == codes(find_rulesets([tmp_path / "customers.csv"]))
    assert ["no-such-file"] == codes(find_rulesets([tmp_path / "nowhere"]))


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("shop.samples.csv", "shop.rules"),
        ("SHOP.SAMPLES.CSV", "SHOP.rules"),
        ("my.shop.samples.tsv", "my.shop.rules"),
        ("店.樣例.xlsx", "店.rules"),
        ("shop.csv", None),
        ("samples.csv", None),
        ("shop.samples.md", None),
    ],
)
def test_a_sample_file_is_told_by_its_name(name: str, rules: str | None) -> None:
    assert (None if rules is None else Path("x", rules)) == rules_of(Path("x", name))


def test_samples_of_a_file_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a.rules", "a.samples.csv")
    monkeypatch.chdir(tmp_path)
    assert (Path("a.samples.csv"),) == samples_beside(Path("a.rules"))
    assert [Path("a.rules")] == [each.rules for each in find_rulesets([Path()]).found]
