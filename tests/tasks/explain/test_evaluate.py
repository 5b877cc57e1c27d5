import csv
import json

import pytest

from graphkit.reports.explanation.evaluation import COLUMNS
from graphkit.tasks.explain.evaluate import LONGEST

SEQUENCE = "ACGGUGCUAGCAUUGACUAGGCUAAUCGCAUCUUUAUUUAGCGC"


@pytest.fixture
def evaluate(run, fasta, tiny, tmp_path):
    """Run ``graphkit explain --evaluate``; return the result and the folder it made."""

    def evaluate(text, *options):
        out = tmp_path / "out"
        result = run(
            *("explain", fasta(text), "-o", out, "--model", tiny, "--evaluate", "--steps", "8"),
            *("--tracks", "0", "--shuffles", "0", "--threads", "1", *options),
        )
        assert "Traceback" not in result.stderr
        return result, out

    return evaluate


def test_the_table_is_printed_and_written(evaluate):
    result, out = evaluate(f">a\n{SEQUENCE}\n>empty\n")
    assert result.exit_code == 0
    assert "Testing the maps on 1 records" in result.stderr
    with (out / "faithfulness.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert tuple(rows[0]) == COLUMNS
    tests = {row["test"] for row in rows}
    assert {"completeness", "deletion", "agreement with mutagenesis", "randomisation"} <= tests
    assert {"gradients", "attention", "mutagenesis"} <= {row["track"] for row in rows}
    assert {row["passed"] for row in rows} <= {"yes", "no", ""}
    lines = result.stdout.splitlines()
    assert lines[0].split()[:3] == ["test", "track", "statistic"]
    assert len(lines) == len(rows) + 1
    said = json.loads((out / "explanation.json").read_text())["faithfulness"]
    assert [row["test"] for row in said] == [row["test"] for row in rows]
    assert "faithful to the model?" in (out / "index.html").read_text()


def test_nothing_short_enough(evaluate):
    result, out = evaluate(f">a\n{SEQUENCE * (LONGEST // len(SEQUENCE) + 1)}\n")
    assert result.exit_code == 0
    assert "nothing to evaluate" in result.stderr
    assert result.stdout == ""
    assert not (out / "faithfulness.tsv").exists()
    assert json.loads((out / "explanation.json").read_text())["faithfulness"] == []
