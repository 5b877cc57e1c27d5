import pytest

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError


@pytest.mark.parametrize(
    "keywords",
    [
        {"n_spots": 59},
        {"n_layers": 0},
        {"n_slides": 0},
        {"n_background": 0},
        {"n_gradient": -1},
        {"contrast": -0.1},
        {"depth": 0},
        {"dispersion": float("nan")},
    ],
)
def test_parameters_that_make_no_sense(keywords):
    with pytest.raises(InputError, match=next(iter(keywords))):
        TissueParams(**keywords)


def test_number_of_genes():
    params = TissueParams(
        n_spots=60, genes_per_layer=2, n_gradient=0, n_modules=1, genes_per_module=3, n_background=4
    )
    assert params.n_genes == 19
    assert simulate_tissue(params).counts.shape == (60, 19)
