"""What surrounds the method: options, files, figures. The method itself has tests of its own."""

import numpy as np
import pytest

from graphkit.omics import read_spatial

OPTIONS = ("--library-key", "slide", "--device", "cpu")


@pytest.fixture
def modules(run, spatial_fakes, tissue_file, tmp_path):
    """Run ``graphkit modules`` on the small tissue."""

    def modules(*options):
        return run("modules", tissue_file(), "-o", tmp_path / "out.h5ad", *OPTIONS, *options)

    return modules


def test_the_result_is_the_input_with_modules(modules, tmp_path, small_tissue):
    result = modules("--n-modules", 5)
    assert result.exit_code == 0, result.stderr
    assert (
        "in 5 modules, 41 genes left out: var['gene_module'], gene_module_note, in" in result.stderr
    )
    adata = read_spatial(tmp_path / "out.h5ad", library_key="slide")
    assert adata.var["gene_module"].nunique() == 6
    np.testing.assert_array_equal(adata.X.toarray(), small_tissue.X.toarray())


def test_every_option_reaches_the_method(modules, spatial_fakes):
    modules("--seed", 4)
    asked = spatial_fakes.calls["modules"]
    assert asked["n_modules"] == "auto"
    assert (asked["random_state"], asked["device"], asked["library_key"]) == (4, "cpu", "slide")


def test_a_figure(modules, tmp_path):
    result = modules("--figure", tmp_path / "modules.png")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "modules.png").stat().st_size > 10_000


def test_a_number_that_makes_no_sense(modules):
    result = modules("--n-modules", "1")
    assert result.exit_code == 2
    assert "--n-modules: is '1'" in result.stderr


@pytest.mark.slow
def test_the_method_itself(run, tissue_file, tmp_path):
    figure, output = tmp_path / "modules.png", tmp_path / "out.h5ad"
    options = ("--n-modules", "4", "--figure", figure, *OPTIONS)
    result = run("modules", tissue_file(), "-o", output, *options)
    assert result.exit_code == 0, result.stderr
    adata = read_spatial(output, library_key="slide")
    assert adata.varm["gene_module_probability"].shape == (adata.n_vars, 4)
    assert figure.stat().st_size > 10_000
