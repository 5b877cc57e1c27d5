import pytest

from graphkit.evaluation import Interval
from graphkit.origin import Origin
from graphkit.reports.pages import bracketed, digits, inline_svg, number, render, template


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


def test_the_foot_of_a_page_says_how_it_was_made_and_runs_nothing():
    evil = "<script>alert(1)</script>"
    origin = Origin(verb="x", params={"ids": evil, "labels": None}, input=evil, seed=0)
    text = render("made.html.jinja", origin=origin)
    assert "<script" not in text
    assert "Seed: 0." in text
    assert "SHA-256" not in text
    assert "labels" not in text


def test_a_picture_without_its_prologue(tmp_path):
    path = tmp_path / "x.svg"
    path.write_text('<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg width="1"><g/></svg>\n')
    assert inline_svg(path) == '<svg width="1"><g/></svg>\n'


def test_digits():
    assert digits(-0.0004) == "0.000"
    assert bracketed(Interval(0.5, float("nan"), 1)) == "0.500 [-, 1.000]"
