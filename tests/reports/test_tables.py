import io
import json
import os
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.reports import tables
from graphkit.reports.output import Output
from graphkit.reports.tables import Format, TableWriter, format_of, table_line

ROWS = [{"id": "a,b", "p": 1 / 3, "n": 1}, {"id": "=c", "n": None, "p": 0.5}, {"id": "x"}]


def written(rows, kind, columns=("id", "p", "n")):
    stream = io.BytesIO()
    with TableWriter(Output(stream, "memory"), columns, format=kind) as writer:
        for row in rows:
            writer.write(row)
    return stream.getvalue() if kind is Format.PARQUET else stream.getvalue().decode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_text_that_a_spreadsheet_would_run_is_quoted(start):
    assert table_line((f"{start}1+1",)) == f"'{start}1+1\n"


def test_numbers_are_left_alone():
    assert table_line((-0.5, -3, 1e-7, None)) == "-0.5\t-3\t1e-07\t\n"


def test_jsonl_holds_raw_text_and_the_digits_of_the_table():
    text = written([{"id": "=cmd()\t\n", "p": 0.1 + 0.2}], Format.JSONL)
    assert json.loads(text) == {"id": "=cmd()\t\n", "p": 0.3, "n": None}
    assert text.count("\n") == 1
    for p in (1 / 3, 2e-7 / 3, 1e9 / 7, -2 / 3):
        row = {"id": "x", "p": p, "n": 1}
        table = written([row], Format.TSV).splitlines()[1]
        assert json.loads(written([row], Format.JSONL))["p"] == float(table.split("\t")[1])


def test_no_row_no_header():
    assert written([], Format.TSV) == ""


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_whatever_the_text_a_row_stays_a_row(texts):
    table = written([{"id": text, "p": 0.5, "n": 1} for text in texts], Format.TSV)
    frame = pd.read_csv(io.StringIO(table), sep="\t", dtype={"id": str}, keep_default_na=False)
    assert len(frame) == len(texts)
    assert (frame.p == 0.5).all()
    assert (frame.n == 1).all()
    assert len(table.split("\n")) == len(texts) + 2


def test_every_format_says_the_same():
    read = {
        Format.TSV: lambda text: pd.read_csv(io.StringIO(text), sep="\t"),
        Format.CSV: lambda text: pd.read_csv(io.StringIO(text)),
        Format.JSONL: lambda text: pd.read_json(io.StringIO(text), lines=True),
        Format.PARQUET: lambda data: pd.read_parquet(io.BytesIO(data)),
    }
    assert read.keys() == set(Format)
    for kind, reader in read.items():
        found = reader(written(ROWS, kind))
        assert list(found.columns) == ["id", "p", "n"]
        assert [name.lstrip("'") for name in found.id] == ["a,b", "=c", "x"]
        assert found.p.tolist()[:2] == [0.333333, 0.5]
        assert found.n.isna().tolist() == [False, True, True]


def test_nothing_of_parquet_is_written_where_the_block_fails():
    stream = io.BytesIO()
    writer = TableWriter(Output(stream, "memory"), ("id",), format=Format.PARQUET)
    with suppress(KeyError), writer:
        writer.write({"id": "a"})
        raise KeyError
    assert stream.getvalue() == b""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.tsv", "tsv"), ("a.TSV.GZ", "tsv"), ("a.txt", "tsv"), ("a", "tsv"), ("a.gz", "tsv"),
        ("a.csv", "csv"), ("a.csv.gz", "csv"), ("a.b.jsonl", "jsonl"), ("a.ndjson.gz", "jsonl"),
        ("a.parquet", "parquet"),
    ],
)  # fmt: skip
def test_the_ending_decides(tmp_path, name, kind):
    path = tmp_path / name
    assert format_of(path, None) == format_of(path, Format(kind)) == kind


@pytest.mark.parametrize(
    "name", ["a.xlsx", "a.json", "a.tsv.bz2", "a.parquet.gz", "a.h5ad", "a.fa"]
)
def test_other_endings_are_refused_naming_those_known(tmp_path, name):
    message = r"-o: ends in none of \.tsv, \.csv, \.jsonl, each also with \.gz, and \.parquet"
    with pytest.raises(InputError, match=message) as caught:
        format_of(tmp_path / name, None)
    told = caught.value.remedy.removeprefix("Call it ").removesuffix(".")
    assert format_of(tmp_path / told, None) is Format.TSV


def test_an_ending_and_a_format_that_contradict_one_another(tmp_path):
    with pytest.raises(
        InputError, match=r"is csv by its ending, and --format says jsonl"
    ) as caught:
        format_of(tmp_path / "a.csv", Format.JSONL)
    assert "Call it a.jsonl," in caught.value.remedy


def test_without_an_ending_the_format_asked_for_counts(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (None, Path("/dev/null"), tmp_path / "pipe.csv", tmp_path / "a"):
        assert format_of(path, Format.JSONL) is Format.JSONL
        assert format_of(path, None) is Format.TSV


def test_parquet_says_what_it_needs(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"needs pyarrow\. Install it: .*graphkit-bio\[parquet\]"):
        format_of(tmp_path / "a.parquet", None)
