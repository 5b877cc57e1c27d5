"""``graphkit annotate`` as a user calls it."""

import anndata
import numpy as np
import pytest
from scipy import sparse


@pytest.fixture
def files(tmp_path):
    def make(name, seed, labels):
        rng = np.random.default_rng(seed)
        rates = np.repeat([[9.0] * 20 + [1.0] * 20, [1.0] * 20 + [9.0] * 20], 25, axis=0)
        adata = anndata.AnnData(sparse.csr_matrix(rng.poisson(rates).astype(np.float32)))
        if labels:
            adata.obs["type"] = ["one"] * 25 + ["two"] * 25
        adata.write_h5ad(tmp_path / name)
        return tmp_path / name

    return make("known.h5ad", 0, True), make("cells.h5ad", 1, False)


def test_types_are_written_and_drawn(run, files, tmp_path):
    known, cells = files
    out, figure = tmp_path / "out.h5ad", tmp_path / "map.png"
    result = run("annotate", known, cells, "-o", out, "--label", "type", "--figure", figure)
    assert result.exit_code == 0, result.stderr
    adata = anndata.read_h5ad(out)
    right = adata.obs["predicted"].to_numpy() == np.repeat(["one", "two"], 25)
    assert right.mean() > 0.8
    assert adata.uns["graphkit"]["predicted"]["input"] == "cells.h5ad"
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert "held-out cells of the reference told right" in result.stderr


def test_errors_name_the_file_that_they_are_about(run, files, tmp_path):
    known, cells = files
    out = tmp_path / "out.h5ad"
    result = run("annotate", known, cells, "-o", out)
    assert result.exit_code == 2
    assert "known.h5ad" in result.stderr
    assert "There are: type" in result.stderr
    result = run("annotate", known, known.with_name("none.h5ad"), "-o", out, "--label", "type")
    assert result.exit_code == 2
    assert "none.h5ad" in result.stderr
    assert not out.exists()


def test_neither_input_is_overwritten(run, files):
    known, cells = files
    for path in files:
        result = run("annotate", known, cells, "-o", path, "--label", "type")
        assert result.exit_code == 2
