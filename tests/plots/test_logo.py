import sys

import pytest

from graphkit.motifs import Motif
from graphkit.plots import information_logo


def glyphs(ax):
    """Height of the drawing at each column: [w, 2], below and above zero."""
    boxes = [p.get_extents().transformed(ax.transData.inverted()) for p in ax.patches]
    return [(b.x0, b.y0, b.y1) for b in boxes if b.height > 1e-6]


def test_columns_are_as_high_as_their_information():
    motif = Motif.from_consensus("ARN", n_sites=8)
    ax = information_logo(motif)
    heights = {}
    for x, _, top in glyphs(ax):
        heights[round(x + 0.5)] = max(heights.get(round(x + 0.5), 0), top)
    assert heights[1] == pytest.approx(2, abs=0.05)
    assert heights[2] == pytest.approx(1, abs=0.05)
    assert 3 not in heights
    assert ax.get_ylabel() == "bits"


def test_the_title_names_motif_and_sites():
    motif = Motif.from_consensus("ACU", name="M1_ACU", n_sites=1234)
    assert information_logo(motif).get_title("left") == "M1_ACU   1,234 sites"
    assert information_logo(motif, title="mine").get_title("left") == "mine"
    assert len(information_logo(motif.renamed("x" * 500)).get_title("left")) <= 60


def test_given_axes_are_drawn_on_and_pyplot_keeps_nothing():
    def kept():
        pyplot = sys.modules.get("matplotlib.pyplot")
        return [] if pyplot is None else pyplot.get_fignums()

    before = kept()
    ax = information_logo(Motif.from_consensus("ACU"))
    assert information_logo(Motif.from_consensus("ACU"), ax=ax) is ax
    assert kept() == before
