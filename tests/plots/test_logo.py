import sys

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.motifs import Motif
from graphkit.plots import information_logo, motif_figure, score_logo
from graphkit.sequences import encode


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


def test_letters_of_negative_scores_hang():
    ax = score_logo(np.array([1.0, -0.5, np.nan, 2.0]), encode("ACGN"), start=10)
    found = sorted(glyphs(ax))
    assert len(found) == 2
    assert found[0][1:] == pytest.approx((0, 1), abs=0.05)
    assert found[1][1:] == pytest.approx((-0.5, 0), abs=0.05)
    assert "position" in ax.get_xlabel()


@pytest.mark.parametrize(("n", "m"), [(3, 4), (0, 0)])
def test_what_does_not_fit_is_refused(n, m):
    with pytest.raises(InputError, match="letters"):
        score_logo(np.ones(n), np.zeros(m, dtype=np.uint8))


def test_motifs_share_the_width_of_a_column():
    motifs = [Motif.from_consensus(w) for w in ("ACU", "ACUACUACUACUACUA", "N")]
    figure = motif_figure(motifs, titles=["a", "b", "c"])
    assert len({ax.get_xlim() for ax in figure.axes}) == 1
    assert [ax.get_title("left") for ax in figure.axes] == ["a", "b", "c"]
    with pytest.raises(InputError, match="no motifs"):
        motif_figure([])


def test_given_axes_are_drawn_on_and_pyplot_keeps_nothing():
    def kept():
        pyplot = sys.modules.get("matplotlib.pyplot")
        return [] if pyplot is None else pyplot.get_fignums()

    before = kept()
    figure = motif_figure([Motif.from_consensus("ACU")])
    ax = figure.axes[0]
    assert score_logo(np.ones(3), encode("ACG"), ax=ax) is ax
    assert kept() == before
