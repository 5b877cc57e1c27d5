"""Rows counted by label."""

from dataclasses import replace

import pytest

from graphkit.reports.tally import Tally
from graphkit.types import Prediction


def predicted(label):
    return Prediction("x", None, None, 9, "predicted", label, (0.1, 0.9))


def refused(name):
    return Prediction(name, None, None, 0, "not_predicted: no sequence")


def tally_of(*rows, noun="record"):
    tally = Tally(noun)
    for row in rows:
        tally.add(row)
    return tally


def test_counts_add_up():
    tally = tally_of(predicted("N"), refused("a"), predicted("C"), predicted("N"), refused("b"))
    assert (tally.records, tally.refused) == (5, 2)
    assert tally.labels == {"N": 2, "C": 1}
    assert str(tally) == "5 records: 1 C, 2 N, 2 not predicted"


def test_the_first_refused_row_is_kept():
    assert tally_of(predicted("N")).first_refused is None
    assert tally_of(refused("a"), refused("b")).first_refused.id == "a"


@pytest.mark.parametrize(
    ("genes", "others", "start"),
    [
        (1, 0, "1 gene: 1 N"),
        (1200, 0, "1,200 genes: 1,200 N"),
        (0, 2, "2 records of no known gene: 2 N"),
        (3, 1, "3 genes and 1 record of no known gene: 4 N"),
    ],
)
def test_a_row_counts_as_a_gene_where_one_is_known(genes, others, start):
    known = replace(predicted("N"), gene="g")
    assert str(tally_of(*[known] * genes, *[predicted("N")] * others, noun="gene")) == start


def test_two_tallies_share_nothing():
    tally_of(predicted("N"))
    assert tally_of().labels == {}
