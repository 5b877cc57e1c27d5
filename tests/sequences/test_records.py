"""One door for sequences of every kind."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from Bio.Seq import Seq
from Bio.SeqRecord import SeqRecord

from graphkit.errors import InputError
from graphkit.sequences import as_records
from graphkit.sequences.records import number_records
from graphkit.types import Record

A, B = "ACGUNACGU", "GGGCCC"
GENCODE = "ENST00000456328.2|ENSG00000290825.1|-|-|DDX11L2-202|DDX11L2|1657|lncRNA|"


def two(source):
    return [(one.id, one.sequence) for one in as_records(source)]


@pytest.mark.parametrize(
    "source",
    [
        {"a": A, "b": B},
        pd.Series([A, B], index=["a", "b"]),
        [Record("a", A), Record("b", B)],
        (Record("a", A), Record("b", B)),
        iter([Record("a", A), Record("b", B)]),
        np.array([Record("a", A), Record("b", B)]),
        [SeqRecord(Seq(A), id="a"), SeqRecord(Seq(B), id="b")],
        {"a": Seq(A), "b": Seq(B)},
    ],
    ids=lambda source: type(source).__name__,
)
def test_sequences_with_names(source):
    assert two(source) == [("a", A), ("b", B)]


@pytest.mark.parametrize("source", [[A, B], np.array([A, B]), [Seq(A), B]])
def test_sequences_without_names_are_numbered(source):
    assert two(source) == [("seq1", A), ("seq2", B)]


@pytest.mark.parametrize("source", [A, A.lower(), Record("seq1", A), SeqRecord(Seq(A), id="seq1")])
def test_one_sequence(source):
    ((name, sequence),) = two(source)
    assert (name, sequence.upper()) == ("seq1", A)


def test_a_path_is_read(fasta):
    path = fasta(f">a\n{A}\n>b\n{B}\n")
    assert two(path) == two(str(path)) == [("a", A), ("b", B)]


def test_letters_alone_are_a_sequence_and_never_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("DATA").write_text(f">a\n{A}\n")
    assert two("DATA") == [("seq1", "DATA")]
    assert two(Path("DATA")) == [("a", A)]
    with pytest.raises(InputError, match="no such file"):
        two("lncrnas")


def test_headers_of_biopython_are_read():
    record = SeqRecord(Seq(A), id=GENCODE, description=f"{GENCODE} more")
    (found,) = as_records(record)
    assert (found.id, found.gene, found.symbol) == (
        "ENST00000456328.2",
        "ENSG00000290825.1",
        "DDX11L2",
    )


@pytest.mark.parametrize("source", [None, 3, b"ACGU", 1.5])
def test_what_is_no_sequence_is_told_what_is(source):
    with pytest.raises(InputError, match=r"is no sequence. Give the path of a FASTA"):
        as_records(source)


@pytest.mark.parametrize(
    ("source", "kind"), [([A, 3], "int"), ({"a": None}, "NoneType"), (np.zeros((2, 2)), "ndarray")]
)
def test_one_of_several_is_no_sequence(source, kind):
    with pytest.raises(InputError, match=f"a {kind} is no sequence"):
        list(as_records(source))


def test_parts_of_what_was_numbered_stay_as_they_are():
    records = [Record(name, A, warnings=("repaired",)) for name in "abaca"]
    numbered = list(number_records(records))
    assert [len(one.warnings) for one in numbered] == [1, 1, 2, 1, 2]
    assert [one.number for one in numbered] == [1, 2, 3, 4, 5]
    assert list(number_records(numbered[2:])) == numbered[2:]
