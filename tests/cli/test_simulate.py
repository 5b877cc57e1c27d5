import re

import numpy as np
import pandas as pd

from graphkit.datasets import shipped
from graphkit.omics import raw_counts, read_spatial
from graphkit.sequences import read_fasta


def test_transcripts_with_their_sites(run, tmp_path):
    out, bed = tmp_path / "x.fa", tmp_path / "x.bed"
    result = run("simulate", "transcripts", "-o", out, "--sites", bed, "-n", 6, "--seed", 3)
    assert result.exit_code == 0
    assert result.stdout == ""
    records = {record.id: record.sequence for record in read_fasta(out)}
    assert len(records) == 6
    lines = [line.split("\t") for line in bed.read_text().splitlines()[1:]]
    assert lines
    for name, begin, end, element in lines:
        assert records[name][int(begin) : int(end)] == element


def test_the_seed_decides(run, tmp_path):
    def text(seed):
        path = tmp_path / f"{seed}.fa"
        run("simulate", "transcripts", "-o", path, "-n", 2, "--seed", seed)
        return path.read_text()

    assert text(1) == text("1")
    assert text(1) != text(2)


def test_parameters_that_make_no_sense(run, tmp_path):
    result = run("simulate", "transcripts", "-o", tmp_path / "x.fa", "--shortest", 10)
    assert result.exit_code == 2
    assert "Error: --shortest" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_fasta_and_sites_are_two_files(run, tmp_path):
    path = tmp_path / "x.fa"
    assert run("simulate", "transcripts", "-o", path, "--sites", path).exit_code == 2


def test_tissue_with_its_truth(run, tmp_path):
    path = tmp_path / "x.h5ad"
    result = run("simulate", "tissue", "-o", path, "--spots", 80, "--slides", 2, "--expected")
    assert result.exit_code == 0
    assert "160 spots x 250 genes" in result.stderr
    adata = read_spatial(path, library_key="slide")
    assert list(adata.obs["layer"].cat.categories) == [f"layer{i}" for i in range(1, 7)]
    assert {"layer1", "gradient", "hotspot1", "background"} <= set(adata.var["module"])
    mean = adata.layers["expected"].mean()
    assert abs(raw_counts(adata).sum() / adata.X.shape[0] / adata.X.shape[1] / mean - 1) < 0.05


def test_the_tissue_that_ships_is_what_the_readme_says_makes_it(run, tmp_path):
    ours = shipped("simulated_tissue.h5ad")
    text = shipped("README.md").read_text("utf-8")
    command = re.search(r"^graphkit (simulate tissue .*) --output data/(\S+)$", text, re.MULTILINE)
    assert command[2] == ours.name
    path = tmp_path / ours.name
    assert run(*command[1].split(), "--output", path).exit_code == 0
    made, found = read_spatial(path), read_spatial(ours)
    assert found.shape == (500, 250)
    assert (raw_counts(found) != raw_counts(made)).nnz == 0
    np.testing.assert_allclose(found.obsm["spatial"], made.obsm["spatial"], rtol=1e-12)
    pd.testing.assert_frame_equal(found.obs, made.obs, rtol=1e-6)
    pd.testing.assert_frame_equal(found.var, made.var)
    assert ours.stat().st_size < 1_000_000


def test_the_seed_decides_the_tissue(run, tmp_path):
    def counts(name, seed):
        run("simulate", "tissue", "-o", tmp_path / name, "--spots", 60, "--seed", seed)
        return read_spatial(tmp_path / name).X.toarray()

    assert np.array_equal(counts("a.h5ad", 1), counts("b.h5ad", 1))
    assert not np.array_equal(counts("a.h5ad", 1), counts("c.h5ad", 2))


def test_tissue_that_makes_no_sense(run, tmp_path):
    result = run("simulate", "tissue", "-o", tmp_path / "x.h5ad", "--spots", 20)
    assert result.exit_code == 2
    assert "Error: --spots" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(run, tmp_path):
    result = run("simulate", "tissue", "-o", tmp_path / "no" / "x.h5ad", "--spots", 60)
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_cells_are_written_with_their_truth(run, tmp_path):
    path = tmp_path / "cells.h5ad"
    result = run("simulate", "cells", "-o", path, "--cells", 80, "--doublets", 0.1, "--batches", 2)
    assert result.exit_code == 0, result.stderr
    adata = read_spatial(path, spatial_key=None)
    assert adata.shape == (80, 500)
    assert adata.obs["doublet"].sum() == 8
    assert adata.obs["batch"].nunique() == 2
