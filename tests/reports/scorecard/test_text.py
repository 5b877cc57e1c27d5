import numpy as np

from graphkit.reports.scorecard.scorecard import Scorecard, make_table
from graphkit.reports.scorecard.text import as_text


def text(*, recalibrated=None, source="x.fa"):
    labels = np.arange(30) % 2
    p = np.where(labels == 1, 0.8, 0.3)
    table = make_table(
        "all",
        "All records",
        labels=labels,
        probabilities={
            "model m": np.stack([1 - p, p], axis=1),
            "length alone": np.tile([0.5, 0.5], (30, 1)),
        },
        lengths=np.arange(100, 130),
        ranks=frozenset(["length alone"]),
        recalibrated=recalibrated,
    )
    counts = {"Cytoplasm": 15, "Nucleus": 15}
    return as_text(Scorecard("evaluate", source, "m", counts, (table,), {}, notes=("A note.",)))


def test_columns_stand_under_one_another():
    lines = text().splitlines()
    start = lines.index("All records, n = 30") + 1
    head, ours, length = lines[start : start + 3]
    for name, value, other in (
        ("AUROC [95 %]", "1.000 [1.000, 1.000]", "0.500 [0.500, 0.500]"),
        ("AUPRC", "1.000", "0.500"),
        ("100-109 nt", "1.000", "0.500"),
    ):
        end = head.index(name) + len(name)
        assert ours[:end].endswith(value)
        assert length[:end].endswith(other)
    # Ranks have no decisions and no calibration.
    assert length.split().count("-") == 5
    assert "n = 10 / 10 / 10" in lines[start + 3]


def test_the_conclusion_ends_it():
    lines = text().splitlines()
    assert lines[0] == "x.fa: 30 records (15 Cytoplasm, 15 Nucleus)"
    assert lines[-1].startswith("The model does better than length alone, the only baseline")
    assert "A note." in lines


def test_temperature_is_told_where_it_was_nested():
    assert "temperature" not in text()
    assert "0.050 with a temperature fitted on the other folds" in text(recalibrated=0.05)


def test_a_terminal_is_safe():
    assert "\x1b" not in text(source="\x1b[2J.fa")
