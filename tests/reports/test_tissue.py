import math

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from graphkit.evaluation import Interval
from graphkit.evaluation.tissues.denoising import DenoiseReport, DenoiseRow
from graphkit.reports.tissue import as_table, columns, domain_picture, module_picture, tissue_of

ONE, TWO = (
    {"spatial_key": "spatial", "library_key": None},
    {"spatial_key": "spatial", "library_key": "slide"},
)


def slide_image(*, scale=0.1):
    return {
        "images": {"hires": np.zeros((90, 90, 3), dtype=np.float32)},
        "scalefactors": {"tissue_hires_scalef": scale, "spot_diameter_fullres": 55.0},
    }


def test_slides_are_laid_out_with_their_names(small_tissue):
    assert tissue_of(small_tissue, **ONE).names == ()
    assert [name for *_, name in tissue_of(small_tissue, **TWO).names] == ["slide1", "slide2"]


def test_photographs_lie_beneath_their_slides(small_tissue):
    adata = small_tissue.copy()
    adata.uns["spatial"] = {"slide2": slide_image()}
    assert len(tissue_of(adata, **TWO, photograph=True).photographs) == 1
    adata.uns["spatial"]["slide1"] = slide_image()
    assert len(tissue_of(adata, **TWO, photograph=True).photographs) == 2
    assert tissue_of(adata, **TWO).photographs == ()


def test_a_single_image_needs_no_name(small_tissue):
    adata = small_tissue.copy()
    adata.uns["spatial"] = {"V1_Human_Brain": slide_image()}
    assert len(tissue_of(adata, **ONE, photograph=True).photographs) == 1


@pytest.mark.parametrize("uns", [{}, {"a": {}, "b": {}}, {"a": {"images": {}}}])
def test_no_image_is_no_error(small_tissue, uns):
    adata = small_tissue.copy()
    adata.uns["spatial"] = uns
    with pytest.warns(UserWarning, match="no tissue image"):
        assert tissue_of(adata, **ONE, photograph=True).photographs == ()


def test_columns_of_any_matrix():
    dense = np.arange(12.0).reshape(3, 4)
    for matrix in (dense, sparse.csr_matrix(dense), sparse.csc_array(dense)):
        np.testing.assert_array_equal(columns(matrix, [2, 0]), dense[:, [2, 0]])


def test_domains_with_spots_that_have_none(small_tissue):
    adata = small_tissue.copy()
    names = ["1", "2", None] * 40
    adata.obs["domain"] = pd.Categorical(names)
    figure = domain_picture(adata, tissue_of(adata, **ONE), key="domain")
    assert len(figure.axes) == 1
    texts = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert texts == ["1  (40)", "2  (40)", "none  (40)"]


def test_modules_with_their_typical_genes(small_tissue):
    adata = small_tissue.copy()
    codes = np.arange(adata.n_vars) % 3
    adata.var["gene_module"] = pd.Categorical.from_codes(
        codes, categories=["module1", "module2", "unassigned"]
    )
    probability = np.vstack([np.eye(2) * 0.5, np.full(2, np.nan)])[codes]
    probability[7, 1] = 0.9
    adata.varm["gene_module_probability"] = probability
    figure = module_picture(adata, tissue_of(adata, **ONE), key="gene_module", layer=None)
    assert [ax.get_title() for ax in figure.axes[:-1]] == [
        "module1 · 84 genes",
        "module2 · 83 genes",
    ]
    below = figure.axes[1].texts[0].get_text()
    assert below.startswith(f"{adata.var_names[7]}, {adata.var_names[1]}")


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
