import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.motifs import Seqlet
from graphkit.reports.explanation.tables import (
    BED_COLUMNS,
    bed12_lines,
    bed_lines,
    put,
    score_lines,
)
from graphkit.sequences.coordinates import Exons

LETTERS = "ACGUACGUAC"
FOR = Seqlet(0, 2, 6, 1, 2.0, 1e-4, 0.01)
AGAINST = Seqlet(0, 7, 9, -1, -1.0, 1e-3, 0.04)
COLORS = ("#0072B2", "#D55E00")


def cells(lines):
    return [line.rstrip("\n").split("\t") for line in lines]


def test_scores_one_line_a_nucleotide_and_none_where_there_is_none():
    found = cells(score_lines("t", "ACN", np.array([0.25, -1e-9, np.nan])))
    assert found == [["t", "0", "A", "0.25"], ["t", "1", "C", "-1e-09"], ["t", "2", "N", ""]]


@pytest.mark.parametrize("name", ["=cmd()", 'a"b', "plain"])
def test_a_name_is_quoted_as_in_other_tables(name):
    text = "".join(score_lines(name, "A", np.array([1.0])))
    (row,) = csv.reader(io.StringIO(text), delimiter="\t")
    assert row[0] == ("'=cmd()" if name == "=cmd()" else name)
    assert len(row) == 4


def test_seqlets():
    found = cells(bed_lines("t", LETTERS, [FOR, AGAINST]))
    assert found[0] == ["t", "2", "6", "GUAC", "1000", "+", "2", "0.01"]
    assert found[1] == ["t", "7", "9", "UA", "500", "+", "-1", "0.04"]
    assert all(len(row) == len(BED_COLUMNS) for row in found)
    assert cells(bed_lines("t", LETTERS, [])) == []


@pytest.mark.parametrize(
    ("strand", "blocks"),
    [("+", (102, 202, "3,1", "0,99")), ("-", (104, 204, "1,3", "0,97"))],
)
def test_a_seqlet_across_a_junction_has_two_blocks(strand, blocks):
    exons = Exons("t", "chr1", strand, ((100, 105), (201, 206)))
    row, other = cells(bed12_lines("t", LETTERS, [FOR, AGAINST], exons, colors=COLORS))
    start, end, sizes, starts = blocks
    assert row == [
        *("chr1", str(start), str(end), "t:2-6:GUAC", "1000", strand),
        *(str(start), str(end), "213,94,0", "2", sizes, starts),
    ]
    assert other[8] == "0,114,178"


@given(st.integers(0, 9), st.integers(1, 10), st.sampled_from("+-"))
def test_blocks_hold_the_letters_of_the_seqlet(start, size, strand):
    end = min(start + size, 10)
    exons = Exons("t", "1", strand, ((5, 8), (20, 24), (24, 25), (40, 42)))
    seqlet = Seqlet(0, start, end, -1, -1.0, 0.1, 0.1)
    (row,) = cells(bed12_lines("t", LETTERS, [seqlet], exons, colors=COLORS))
    low = int(row[1])
    sizes, starts = ([int(n) for n in row[i].split(",")] for i in (10, 11))
    held = [low + s + i for s, n in zip(starts, sizes, strict=True) for i in range(n)]
    assert held == sorted(exons.positions(start, end).tolist())
    assert int(row[2]) == low + starts[-1] + sizes[-1]
    assert int(row[9]) == len(sizes)


def test_a_lone_surrogate_stops_nothing():
    stream = io.BytesIO()
    put(stream, ["a\udcff\n"])
    assert stream.getvalue() == b"a\\udcff\n"
