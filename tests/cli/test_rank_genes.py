import io
import re

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from graphkit.tasks.rank_genes import rank_genes

OPTIONS = ("--library-key", "slide", "--groupby", "layer")


def table(text):
    return pd.read_csv(io.StringIO(text), sep="\t")


def test_a_table_on_standard_output(run, tissue_file):
    result = run("rank-genes", tissue_file(), *OPTIONS, "--top", 3)
    assert result.exit_code == 0, result.stderr
    frame = table(result.stdout)
    assert {"group", "gene", "rank", "score", "log2_fold_change", "morans_i"} <= set(frame.columns)
    assert (frame.groupby("group").size() == 3).all()
    assert frame["group"].nunique() == 6
    assert "Explained: surrogate" in result.stderr
    assert "To explain what found them" not in result.stderr  # labels were given
    assert "it agrees with" in result.stderr


def test_layer_genes_come_first_in_their_layers(run, tissue_file, small_tissue, tmp_path):
    output = tmp_path / "genes.tsv"
    result = run("rank-genes", tissue_file(), "-o", output, *OPTIONS, "--top", 5)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    best = table(output.read_text())
    module = small_tissue.var["module"].astype(str)
    planted = best["gene"].map(module) == best["group"]
    assert planted.mean() > 5 * 15 / 250


def test_top_lists_are_of_genes_that_are_higher_inside(run, tissue_file):
    source = tissue_file()
    everything = table(run("rank-genes", source, *OPTIONS).stdout)
    assert set(everything["direction"]) == {"up", "down"}
    many = everything["gene"].nunique()
    up = table(run("rank-genes", source, *OPTIONS, "--top", many).stdout)
    assert up.equals(everything[everything["direction"] == "up"].reset_index(drop=True))
    both = table(run("rank-genes", source, *OPTIONS, "--top", many, "--all").stdout)
    assert both.equals(everything)
    for _, one in everything.groupby("group"):
        last = one.loc[one["direction"] == "up", "rank"].max()
        assert (one.loc[one["direction"] == "down", "rank"] > last).all()


def test_the_best_are_drawn_under_their_symbols(run, tissue_file, tmp_path):
    def named(adata):
        adata.var["gene_name"] = [f"Gene{i}" for i in range(adata.n_vars)]
        adata.var_names = [f"ENSG{i:011d}" for i in range(adata.n_vars)]

    figure, output = tmp_path / "genes.svg", tmp_path / "genes.tsv"
    result = run("rank-genes", tissue_file(named), "-o", output, *OPTIONS, "--figure", figure)
    assert result.exit_code == 0, result.stderr
    text, ranked = figure.read_text(), table(output.read_text())
    for domain, best in ranked.groupby("group"):
        assert f">{domain}<" in text
        assert all(f">{symbol}<" in text for symbol in best["symbol"].head(5))


def test_the_cost_is_told_before(run, tissue_file):
    result = run("rank-genes", tissue_file(), *OPTIONS, "--top", 1)
    first, *others = result.stderr.splitlines()
    assert re.fullmatch(r"About [\d.]+ GB of memory and \d+ seconds\.", first)
    assert "Explained" in others[0]


def test_what_to_do_where_it_does_not_fit(run, tissue_file, monkeypatch):
    monkeypatch.setattr("graphkit.omics.mapped.free_memory", lambda: 1e8)
    result = run("rank-genes", tissue_file(), *OPTIONS, "--top", 1)
    assert result.exit_code == 0
    assert "Warning: only 0.1 GB of memory are free. If it fails: take fewer" in result.stderr


def test_every_option_reaches_the_method(run, tissue_file, monkeypatch):
    asked = {}

    def method(adata, **keywords):
        asked.update(keywords)
        rank_genes(adata, **keywords)

    def count(adata):
        adata.layers["counts"] = adata.X.copy()
        adata.obsm["xy"] = adata.obsm.pop("spatial")

    monkeypatch.setattr("graphkit.tasks.rank_genes.rank_genes", method)
    options = ("--layer", "counts", "--spatial-key", "xy", "--seed", 3, "--device", "cpu")
    result = run("rank-genes", tissue_file(count), *OPTIONS, *options, "--threads", 1, "--top", 1)
    assert result.exit_code == 0, result.stderr
    assert (asked["layer"], asked["spatial_key"], asked["library_key"]) == ("counts", "xy", "slide")
    assert (asked["random_state"], asked["device"], asked["n_genes"]) == (3, "cpu", 1)


def test_a_device_that_is_not_there(run, tissue_file, tmp_path):
    output = tmp_path / "genes.tsv"
    result = run("rank-genes", tissue_file(), "-o", output, *OPTIONS, "--device", "cuda:77")
    assert result.exit_code == 2
    assert "device: 'cuda:77' is not available here. Choose auto or one of: cpu" in result.stderr
    assert not output.exists()


def test_json_lines(run, tissue_file, tmp_path):
    result = run("rank-genes", tissue_file(), *OPTIONS, "--top", 1, "--format", "jsonl")
    packed = tmp_path / "genes.csv.gz"
    run("rank-genes", tissue_file(), *OPTIONS, "--top", 1, "-o", packed)
    assert pd.read_csv(packed).shape[0] == 6
    assert pd.read_json(io.StringIO(result.stdout), lines=True).shape[0] == 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "in.h5ad, obs['domain']: missing. Choose one of: layer, slide"),
        (["--groupby", "in_tissue"], "obs['in_tissue']: 1 domain"),
    ],
)
def test_groups_that_are_none(run, tissue_file, tmp_path, options, message):
    output = tmp_path / "genes.tsv"
    source = tissue_file()
    result = run("rank-genes", source, "-o", output, "--library-key", "slide", *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not output.exists()


def test_the_input_is_not_overwritten(run, tissue_file):
    source = tissue_file()
    result = run("rank-genes", source, "-o", source)
    assert result.exit_code == 2
    assert "would overwrite the input" in result.stderr


@pytest.fixture
def cells_file(tmp_path):
    """Cells of no place, of two types; genes 0 to 9 are higher in the first."""
    rng = np.random.default_rng(0)
    rates = np.repeat([[9.0] * 10 + [1.0] * 10, [1.0] * 10 + [9.0] * 10], 25, axis=0)
    adata = anndata.AnnData(sparse.csr_matrix(rng.poisson(rates).astype(np.float32)))
    adata.obs["type"] = ["one"] * 25 + ["two"] * 25
    adata.write_h5ad(tmp_path / "cells.h5ad")
    return tmp_path / "cells.h5ad"


@pytest.mark.parametrize(
    ("verb", "column"),
    [
        (("cluster", "--n-clusters", 2, "--members", 1, "--device", "cpu"), "cluster"),
        (("annotate", "--label", "type"), "predicted"),
    ],
)
def test_genes_behind_clusters_and_types_of_cells_without_places(
    run, cells_file, tmp_path, verb, column
):
    name, *options = verb
    inputs = [cells_file] * (2 if name == "annotate" else 1)
    made, figure = tmp_path / "made.h5ad", tmp_path / "genes.png"
    assert run(name, *inputs, "-o", made, *options).exit_code == 0
    result = run("rank-genes", made, "--groupby", column, "--top", 10, "--figure", figure)
    assert result.exit_code == 0, result.stderr
    best = table(result.stdout)
    first = anndata.read_h5ad(made).obs[column].iloc[0]
    assert set(best.loc[best["group"].astype(str) == first, "gene"]) == set(range(10))
    assert (best["neighbors"] == 0).all()
    assert best["morans_i"].isna().all()
    assert "not what found the groups" in result.stderr
    assert "On cells held out it agrees with 100% of the labels" in result.stderr
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_places_that_were_named_must_be_there(run, cells_file):
    named = run("rank-genes", cells_file, "--groupby", "type", "--spatial-key", "xy")
    assert named.exit_code == 2
    assert "obsm['xy']: missing" in named.stderr
