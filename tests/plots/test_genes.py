import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.plots.genes import gene_figure
from graphkit.plots.sheet import lay_out

TISSUE = lay_out(np.argwhere(np.ones((8, 8))))


def images(m, seed=0):
    rng = np.random.default_rng(seed)
    rates = rng.uniform(0.1, 4, (64, m))
    return rng.poisson(rates).astype(float), rates


@pytest.mark.parametrize("m", [1, 2, 12])
def test_two_pictures_and_one_scale_for_each_gene(m, tmp_path):
    before, after = images(m)
    names = [f"gene{i}" for i in range(m)]
    figure = gene_figure(TISSUE, names, before=before, after=after, notes=["+0.1"] + [""] * (m - 1))
    assert len(figure.axes) == 3 * m
    titles = [text.get_text() for text in figure.texts]
    assert titles[0] == "gene0   +0.1"
    assert titles[1:] == names[1:]
    figure.savefig(tmp_path / "x.png", dpi=40)


def test_before_and_after_share_their_colours():
    before, after = images(1)
    after[5], before[9] = 2.0, 2.0
    measured, denoised, _ = gene_figure(TISSUE, ["g"], before=before, after=after).axes
    colors = [ax.collections[0].get_facecolor() for ax in (measured, denoised)]
    np.testing.assert_array_equal(colors[0][9], colors[1][5])
    assert [ax.get_title() for ax in (measured, denoised)] == ["measured", "denoised"]


def test_long_names_are_cut():
    before, after = images(1)
    figure = gene_figure(TISSUE, ["x" * 500], before=before, after=after)
    assert len(figure.texts[0].get_text()) < 30


def test_wrong_shapes_and_no_genes_are_refused():
    before, after = images(2)
    with pytest.raises(InputError, match="after: has shape"):
        gene_figure(TISSUE, ["a", "b"], before=before, after=after[:9])
    with pytest.raises(InputError, match="no genes"):
        gene_figure(TISSUE, [], before=before, after=after)
