import re

import numpy as np
import pytest

from graphkit.origin import Origin
from graphkit.reports.scorecard.page import as_page
from graphkit.reports.scorecard.scorecard import Scorecard, make_table

MADE = Origin(verb="evaluate", params={}, input="x.fa")
EVIL = "<script>alert('1')</script>"


def page(*, verb="evaluate", name="model m", classes=2, notes=("A note.",), tables=1, source="x"):
    generator = np.random.default_rng(0)
    labels = np.arange(60) % classes
    p = np.eye(classes)[labels] + generator.exponential(0.7, (60, classes))
    p /= p.sum(axis=1, keepdims=True)
    table = make_table(
        "all",
        "All records",
        labels=labels,
        probabilities={name: p, "length alone": np.full((60, classes), 1 / classes)},
        lengths=np.arange(100, 160),
        ranks=frozenset(["length alone"]),
        recalibrated=0.042 if verb == "crossval" else None,
    )
    counts = {f"class {c} {EVIL}": 60 // classes for c in range(classes)}
    card = Scorecard(verb, source, name, counts, (table,) * tables, {"seed": 7}, notes=notes)
    return as_page(card, MADE), table


@pytest.mark.parametrize("classes", [2, 3])
def test_what_a_page_says(classes):
    text, table = page(classes=classes)
    assert table.conclusion in text
    assert "A note." in text
    assert "length alone" in text
    assert f"{table.rows[0].auroc.lower:.3f} to {table.rows[0].auroc.upper:.3f}" in text
    for low, high, n, _ in table.rows[0].terciles:
        assert f"{low:.0f}&ndash;{high:.0f} nt<small>n = {n}</small>" in text
    assert "seed: <bdi>7</bdi>." in text


def test_the_diagram_is_drawn_to_scale():
    text, table = page()
    drawn = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="[\d.]+"><title>(\d+) records', text)
    filled = [part for part in table.bins if part.n]
    assert len(drawn) == len(filled)
    for (x, y, n), part in zip(drawn, filled, strict=True):
        assert float(x) == pytest.approx(40 + 280 * part.confidence, abs=0.06)
        assert float(y) == pytest.approx(290 - 280 * part.accuracy, abs=0.06)
        assert int(n) == part.n


def test_a_cross_validation_tells_of_its_temperature():
    assert "0.042 with one more temperature" in page(verb="crossval")[0]
    assert "one more temperature" not in page()[0]


def test_a_page_asks_the_network_nothing():
    text, _ = page(tables=2)
    assert not re.search(r"<(script|link|img|iframe|object|embed|base)|https?:|@import|url\(", text)
    assert "default-src 'none'" in text


def test_text_from_outside_is_text():
    text, _ = page(name=EVIL, notes=(EVIL,), source=EVIL)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_scores_without_a_number_are_dashes():
    # All of one length: one third only, and no class missing from it.
    table = make_table(
        "all",
        "All records",
        labels=[0, 1] * 5,
        probabilities={"m": [[0.5, 0.5]] * 10, "length": [[0.5, 0.5]] * 10},
        lengths=[100] * 10,
    )
    text = as_page(Scorecard("crossval", "x", "m", {"A": 5, "B": 5}, (table,), {}), MADE)
    assert "nan" not in text
    assert "100&ndash;100 nt" in text
