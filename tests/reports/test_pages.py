import pytest

from graphkit.evaluation import Interval
from graphkit.reports.pages import bracketed, digits, inline_svg, number, template


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.123456, "0.123"), (-2.0, "\u22122"), (None, "\u2013"), (float("nan"), "\u2013"), (0, "0")],
)
def test_numbers(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize("name", ["explanation.html.jinja", "motifs.html.jinja"])
def test_a_page_asks_the_network_nothing(name):
    source = template(name).environment.loader.get_source(template(name).environment, name)[0]
    assert "default-src 'none'" in source
    assert "<script" not in source
    assert 'src="http' not in source
    assert 'include "findings.css"' in source


def test_a_picture_without_its_prologue(tmp_path):
    path = tmp_path / "x.svg"
    path.write_text('<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg width="1"><g/></svg>\n')
    assert inline_svg(path) == '<svg width="1"><g/></svg>\n'


def test_digits():
    assert digits(-0.0004) == "0.000"
    assert bracketed(Interval(0.5, float("nan"), 1)) == "0.500 [-, 1.000]"
