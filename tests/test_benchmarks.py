"""What the benchmarks share works; the benchmarks themselves are run by hand, never timed here."""

import importlib.util
import json
import platform
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
SCRIPTS = sorted(
    path for path in FOLDER.glob("*.py") if path.name not in ("common.py", "lncloc_genes.py")
)


@pytest.fixture(scope="module")
def common():
    specification = importlib.util.spec_from_file_location("common", FOLDER / "common.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_saves_results_with_what_they_depend_on(common, tmp_path):
    script = tmp_path / "reader.py"
    path = common.save(script, [{"MB/s": 1.5}], seed=3, threads=1, packages=("numpy", "no-such"))
    assert [p.name for p in tmp_path.iterdir()] == ["reader.json"]
    content = json.loads(path.read_text())
    assert content["results"] == [{"MB/s": 1.5}]
    assert content["seed"] == 3
    assert content["threads"] == 1
    assert list(content["versions"]) == ["numpy"]
    assert content["machine"]["cores"] >= 1
    assert content["machine"]["cpu"]


def test_saves_nothing_that_names_the_machine(common, tmp_path):
    text = common.save(tmp_path / "x.py", {}).read_text()
    assert platform.node() not in text
    assert str(tmp_path) not in text
    assert str(Path.home()) not in text


def test_an_older_file_stays_when_results_cannot_be_written(common, tmp_path):
    common.save(tmp_path / "x.py", {"old": 1})
    for wrong in (object(), float("nan")):
        with pytest.raises((TypeError, ValueError)):
            common.save(tmp_path / "x.py", wrong)
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]
    assert json.loads((tmp_path / "x.json").read_text())["results"] == {"old": 1}


def test_table(common, capsys):
    common.show(
        [{"name": "a", "n": 1_000_000, "x": 0.123456}, {"name": "bcd", "n": 2, "x": None}],
        title="Title",
    )
    assert capsys.readouterr().out.splitlines() == [
        "",
        "Title",
        "name          n       x",
        "----  ---------  ------",
        "a     1,000,000  0.1235",
        "bcd           2       -",
    ]
    common.show([])


def test_a_process_of_its_own(common, tmp_path):
    script = tmp_path / "x.py"
    script.write_text("import sys\nprint('chatter')\nprint('{\"a\": ' + sys.argv[1] + '}')\n")
    assert common.run_alone(script, "5") == {"a": 5}


def test_peak_memory_sees_an_allocation(common):
    before = common.peak_memory_mb()
    block = bytearray(300_000_000)
    assert common.peak_memory_mb() > 290
    assert common.peak_memory_mb() >= before
    assert len(block) == 300_000_000


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_each_script_says_what_it_measures_and_runs_only_when_asked(script):
    text = script.read_text("utf-8")
    assert text.startswith('"""')
    assert 'if __name__ == "__main__":' in text
    compile(text, script.name, "exec")


def test_reader_on_small_files(common):
    taken = common.run_alone(
        FOLDER / "reader.py", "--read", FOLDER.parent / "data" / "mouse_lincrnas.fasta"
    )
    assert taken["records"] == 3
    assert taken["letters"] == 1872 + 1968 + 1696
