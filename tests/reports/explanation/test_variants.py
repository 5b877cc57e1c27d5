"""One row for each variant, scored or not."""

import pytest

from graphkit.errors import InputError
from graphkit.reports.explanation.files import ExplainFiles
from graphkit.reports.explanation.variants import NAME, VariantFile
from graphkit.sequences import Variant, VariantTable, encode
from graphkit.tasks.explain.explanation import Explanation
from graphkit.tasks.explain.variants import VariantEffect
from graphkit.types import Record


def score(_model, _explanation, variants):
    return [VariantEffect(one, "scored", -1.5, 0.25 * one.position) for one in variants]


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Pass records by, and return the file's lines, the counts and the warnings."""
    monkeypatch.setattr("graphkit.reports.explanation.variants.score_variants", score)
    (tmp_path / "v.tsv").write_text("t1\t2\tC\tG\nt2\t1\tA\tU\nt1\t3\tG\tU\n")
    table = VariantTable(tmp_path / "v.tsv")

    def write(*names):
        folder = tmp_path / "-".join(names)
        folder.mkdir()
        with ExplainFiles(folder, {}) as files:
            file = VariantFile(table, None, files, unit="log2_CN")
            for name in names:
                record = Record(name, "ACGU")
                file.add(Explanation(record, "explained", "gradients", "A", encode("ACGU")))
            told = list(file.finish())
            files.finish({})
        lines = (folder / NAME).read_text().splitlines()
        return lines, (file.n_scored, file.n_refused), told

    return write


def test_a_row_for_each_variant(written):
    lines, counts, told = written("t1", "t2", "t3")
    assert lines == [
        "id\tposition\tref\talt\tstatus\tlog2_CN\tlog2_CN_change",
        "t1\t2\tC\tG\tscored\t-1.5\t0.5",
        "t1\t3\tG\tU\tscored\t-1.5\t0.75",
        "t2\t1\tA\tU\tscored\t-1.5\t0.25",
    ]
    assert (counts, told) == ((3, 0), [])


def test_variants_of_no_record_stand_at_the_end(written):
    lines, counts, told = written("t2")
    assert [line.split("\t")[0] for line in lines[1:]] == ["t2", "t1", "t1"]
    assert lines[2].split("\t")[4:] == ["not_scored: its transcript is not in the input", "", ""]
    assert counts == (1, 2)
    assert told == ["2 variants not scored, the first t1:2C>G: its transcript is not in the input"]


def test_no_record_at_all_is_an_error(written):
    with pytest.raises(InputError, match="none of its 2 names"):
        written("t9")


def test_an_effect_is_a_row():
    assert VariantEffect(Variant("t", 1, "A", "C"), "scored", 1.0, 0.5).row() == (
        "t", 1, "A", "C", "scored", 1.0, 0.5,
    )  # fmt: skip
