import numpy as np
import pytest
from scipy import sparse

from graphkit.errors import InputError
from graphkit.plots.montage import module_images, module_montage
from graphkit.plots.sheet import lay_out

TISSUE = lay_out(np.argwhere(np.ones((8, 8))))


def slow_images(expression, modules):
    """Standardise each gene and average the genes of a module, one at a time."""
    images = np.zeros((len(expression), modules.max() + 1))
    for module in range(modules.max() + 1):
        genes = [g for g in range(expression.shape[1]) if modules[g] == module]
        for g in genes:
            x = expression[:, g]
            if x.std() > 0:
                images[:, module] += (x - x.mean()) / x.std() / len(genes)
    return images


def test_images_against_the_slow_way():
    rng = np.random.default_rng(0)
    expression = rng.poisson(1.0, (50, 12)).astype(float)
    expression[:, 4] = 2.0
    modules = np.array([0, 1, 2, 0, 1, -1, 2, 2, 0, 1, 1, 3])
    expected = slow_images(expression, modules)
    np.testing.assert_allclose(module_images(expression, modules), expected, atol=1e-10)
    for matrix in (sparse.csr_matrix(expression), sparse.csr_array(expression)):
        np.testing.assert_allclose(module_images(matrix, modules), expected, atol=1e-10)


def test_float32_images_are_as_good():
    expression = np.random.default_rng(0).gamma(2.0, 50, (200, 4)).astype(np.float32)
    modules = np.array([0, 0, 1, 1])
    exact = module_images(expression.astype(float), modules)
    np.testing.assert_allclose(module_images(expression, modules), exact, atol=1e-3)


@pytest.mark.parametrize("k", [1, 12])
def test_a_panel_for_each_module(k, tmp_path):
    images = np.random.default_rng(0).normal(size=(64, k))
    names = [str(i + 1) for i in range(k)]
    figure = module_montage(
        TISSUE, images, names, sizes=[1] + [30] * (k - 1), top_genes=[["MBP", "PLP1"]] * k
    )
    assert len(figure.axes) == k + 1
    assert figure.axes[0].get_title() == "1 · 1 gene"
    assert "MBP, PLP1" in [text.get_text() for text in figure.axes[0].texts]
    figure.savefig(tmp_path / "x.png", dpi=40)


def test_all_modules_share_one_scale():
    images = np.zeros((64, 2))
    images[0] = [3.0, 1.0]
    images[1] = [1.0, 0.5]
    figure = module_montage(TISSUE, images, ["a", "b"], sizes=[2, 2], top_genes=[[], []])
    first, second = (ax.collections[0].get_facecolor() for ax in figure.axes[:2])
    np.testing.assert_array_equal(first[1], second[0])


def test_wrong_lengths_and_no_modules_are_refused():
    with pytest.raises(InputError, match="no modules"):
        module_montage(TISSUE, np.zeros((64, 0)), [], sizes=[], top_genes=[])
    with pytest.raises(InputError, match="2 names, 1 sizes"):
        module_montage(TISSUE, np.zeros((64, 2)), ["a", "b"], sizes=[1], top_genes=[[], []])
