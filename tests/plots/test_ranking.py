"""Bars of the genes behind each domain."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.plots import ranking_figure

DOMAINS = {
    "1": (["MBP", "PLP1"], [1.0, -0.5], [0.5, 0.25]),
    "deep": (["a gene of a name that is far too long to be shown"], [2.0], [0.0]),
}


def test_each_domain_has_its_genes_with_both_parts():
    first, second = ranking_figure(DOMAINS, colors=["red", "blue"]).axes
    assert [first.get_title(), second.get_title()] == ["1", "deep"]
    assert [label.get_text() for label in first.get_yticklabels()] == ["MBP", "PLP1"]
    assert [label.get_text() for label in second.get_yticklabels()] == ["a gene of a name…"]
    assert first.get_xlabel() == "log-odds per spot"
    bars = [(bar.get_x(), bar.get_width()) for bar in first.patches]
    np.testing.assert_allclose(bars, [(0, 1.0), (0, -0.5), (1.0, 0.5), (0, 0.25)])
    top, bottom = first.get_ylim()[::-1]
    assert top < 0 < bottom


def test_no_genes_are_refused():
    with pytest.raises(InputError, match="no genes"):
        ranking_figure({"1": ([], [], [])}, colors=["red"])
