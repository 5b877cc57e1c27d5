"""``graphkit cluster`` as a user calls it."""

import anndata
import numpy as np
import pytest
from scipy import sparse


@pytest.fixture
def source(tmp_path):
    rng = np.random.default_rng(0)
    rates = np.repeat([[9.0] * 8 + [1.0] * 8, [1.0] * 8 + [9.0] * 8], 25, axis=0)
    path = tmp_path / "cells.h5ad"
    anndata.AnnData(sparse.csr_matrix(rng.poisson(rates).astype(np.float32))).write_h5ad(path)
    return path


def test_cells_without_places_are_clustered_and_drawn(run, source, tmp_path):
    out, figure = tmp_path / "out.h5ad", tmp_path / "map.png"
    options = ("--n-clusters", 2, "--members", 1, "--threads", 1, "--figure", figure)
    result = run("cluster", source, "-o", out, *options)
    assert result.exit_code == 0, result.stderr
    adata = anndata.read_h5ad(out)
    assert adata.obs["cluster"].value_counts().tolist() == [25, 25]
    assert adata.obsm["X_umap"].shape == (50, 2)
    assert adata.uns["graphkit"]["cluster"]["input"] == "cells.h5ad"
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert "50 cells x 16 genes in 2 clusters" in result.stderr


def test_networks_may_be_those_of_another_method(run, source, tmp_path):
    out = tmp_path / "out.h5ad"
    options = ("--n-clusters", 2, "--members", 1, "--threads", 1)
    result = run("cluster", source, "-o", out, *options, "--method", "scrcl")
    assert result.exit_code == 0, result.stderr
    adata = anndata.read_h5ad(out)
    assert adata.obs["cluster"].value_counts().tolist() == [25, 25]
    assert adata.obsm["X_scrcl"].shape == (50, 64)
    result = run("cluster", source, "-o", tmp_path / "no.h5ad", *options, "--method", "best")
    assert result.exit_code == 2
    assert "autoencoder, cicl" in result.stderr
    assert not (tmp_path / "no.h5ad").exists()


def test_a_number_may_be_found_and_batches_named(run, source, tmp_path):
    cells, out = anndata.read_h5ad(source), tmp_path / "out.h5ad"
    cells.obs["donor"] = ["a", "b"] * 25
    cells.obs["run"] = "a"
    cells.write_h5ad(source)
    options = ("--n-clusters", "auto", "--members", 1, "--threads", 1)
    result = run("cluster", source, "-o", out, *options, "--batch-key", "donor")
    assert result.exit_code == 0, result.stderr
    adata = anndata.read_h5ad(out)
    assert adata.uns["cluster"]["determined"]
    assert adata.obs["cluster"].value_counts().tolist() == [25, 25]
    assert adata.uns["graphkit"]["cluster"]["params"]["batch_key"] == "donor"
    for key in ("run", "batch"):
        result = run("cluster", source, "-o", tmp_path / "no.h5ad", *options, "--batch-key", key)
        assert result.exit_code == 2
        assert f"obs['{key}']" in result.stderr
        assert not (tmp_path / "no.h5ad").exists()


@pytest.mark.parametrize("number", ["1", "many", "26"])
def test_a_number_that_makes_no_sense_is_refused(number, run, source, tmp_path):
    result = run("cluster", source, "-o", tmp_path / "out.h5ad", "--n-clusters", number)
    assert result.exit_code == 2
    assert "--n-clusters" in result.stderr
    assert not (tmp_path / "out.h5ad").exists()
