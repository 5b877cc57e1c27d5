import json

import pytest

from graphkit.cli.terminal.delivery import deliver
from graphkit.origin import Origin
from graphkit.reports.output import open_output
from graphkit.reports.scorecard.scorecard import Scorecard, make_table

MADE = Origin(verb="evaluate", params={}, input="ä.fa")


@pytest.fixture
def card():
    p = [[0.9, 0.1], [0.2, 0.8]] * 10
    table = make_table(
        "all", "All", labels=[0, 1] * 10, probabilities={"m": p, "other": p}, lengths=range(20)
    )
    return Scorecard("evaluate", "ä.fa", "m", {"A": 10, "B": 10}, (table,), {})


def test_text(card, capsysbinary):
    deliver(card, origin=MADE, as_json=False, page=None)
    assert capsysbinary.readouterr().out.decode("utf-8").startswith("ä.fa: 20 records")


def test_json_and_a_page(card, capsysbinary, tmp_path):
    with open_output(tmp_path / "page.html") as page:
        deliver(card, origin=MADE, as_json=True, page=page)
    found = json.loads(capsysbinary.readouterr().out)
    assert found["input"] == found["made"]["input"] == "ä.fa"
    assert "ä.fa" in (tmp_path / "page.html").read_text("utf-8")
