import json
from dataclasses import replace

import numpy as np
import pytest

from graphkit.motifs import Seqlet
from graphkit.reports.explanation.files import SUMMARY, ExplainFiles
from graphkit.sequences import encode
from graphkit.tasks.explain.explanation import Explanation
from graphkit.types import Record, Scores

RUN = {"model": "m", "classes": ["A", "B"], "nested": {"a": {}}}


def explained(number, name="a", scores=(0.5, np.nan, -1.0)):
    values = np.array(scores)
    return Explanation(
        Record(name, "ACG"), "explained", "gradients", "B", encode("ACG"),
        Scores(values, range(3)), f_x=1.0, f_base=float("nan"), side={"A": np.float32(0.5)},
        number=number, seqlets=(Seqlet(0, 0, 2, 1, 0.5, 0.01, 0.02),),
    )  # fmt: skip


def refused(number):
    refused = Explanation.refused(Record("r", ""), "no sequence", "gradients", ())
    return replace(refused, number=number)


def test_every_file(tmp_path):
    with ExplainFiles(tmp_path, RUN) as files:
        files.write(explained(1), {"track": "tracks/1.svg"})
        files.write(refused(2), {"track": ""})
        files.finish({"faithfulness": []})
    text = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert text["scores.tsv"].splitlines()[1:] == ["a\t0\tA\t0.5", "a\t1\tC\t", "a\t2\tG\t-1"]
    assert text["scores.bedgraph"].splitlines() == ["a\t0\t1\t0.5", "a\t2\t3\t-1"]
    assert text["seqlets.bed"].splitlines()[1] == "a\t0\t2\tAC\t1000\t+\t0.5\t0.02"
    said = json.loads(text[SUMMARY])
    assert said["nested"] == {"a": {}}
    assert [(r["number"], r["id"], r["status"]) for r in said["records"]] == [
        (1, "a", "explained"), (2, "r", "not_explained: no sequence"),
    ]  # fmt: skip
    assert said["records"][0]["f_base"] is None
    assert said["records"][0]["side"] == {"A": 0.5}
    assert said["records"][0]["n_seqlets"] == 1
    assert said["faithfulness"] == []


@pytest.mark.parametrize("n", [0, 1, 3])
def test_the_summary_is_json_whatever_the_number_of_records(tmp_path, n):
    with ExplainFiles(tmp_path, RUN) as files:
        for number in range(n):
            files.write(explained(number, name=f'"{number}\udcff\n'), {})
        files.finish({})
    said = json.loads((tmp_path / SUMMARY).read_text())
    assert [record["id"] for record in said["records"]] == [f'"{i}\udcff\n' for i in range(n)]


def break_off(files):
    with files:
        stream = files.open("more.txt")
        raise RuntimeError(stream)


def test_files_are_closed_after_an_error(tmp_path):
    with pytest.raises(RuntimeError) as caught:
        break_off(ExplainFiles(tmp_path, RUN))
    assert caught.value.args[0].closed


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "scores.tsv").write_text("mine")
    with pytest.raises(FileExistsError), ExplainFiles(tmp_path, RUN):
        pass
    assert (tmp_path / "scores.tsv").read_text() == "mine"
