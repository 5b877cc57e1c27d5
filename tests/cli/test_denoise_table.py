import math

from graphkit.cli.denoise_table import as_table
from graphkit.evaluation import Interval
from graphkit.evaluation.denoise_report import DenoiseReport, DenoiseRow


def report(*, depth=1.5, share=0.02, seeds=3):
    width = 0.001 if seeds > 1 else math.nan

    def interval(value):
        return Interval(value, value - width, value + width)

    rows = (
        DenoiseRow("model", (-0.39,) * seeds, interval(0.03), None, None),
        DenoiseRow("gene mean", (-0.36,) * seeds, interval(0.0), interval(0.03), None),
    )
    return DenoiseReport(rows, (), depth, share, 4_634, 500)


def test_one_line_per_predictor_and_what_follows():
    lines = as_table(report()).splitlines()
    assert "3 splits" in lines[0]
    assert "4,634 spots x 500 genes" in lines[0]
    assert lines[3].split() == ["model", "-0.3900", "0.0300", "[0.0290,", "0.0310]"]
    assert lines[4].startswith("gene mean  -0.3600")
    assert lines[4].endswith("0.0300 [0.0290, 0.0310]")
    assert "1.50 times as many molecules" in lines[6]
    assert "2% is left with shuffled coordinates: as it should be" in lines[7]


def test_neighbours_that_help_without_their_places_are_not_trusted():
    assert "do not trust it" in as_table(report(share=0.5))


def test_what_nobody_knows_is_not_said():
    text = as_table(report(depth=math.nan, share=math.nan, seeds=1))
    assert "nan" not in text
    assert "times as many" not in text
    assert "1 split " in text
