"""``graphkit nearest``: transcripts and cells from files to a table."""

import io
import json

import anndata
import numpy as np
import pandas as pd
import pytest

import graphkit


@pytest.fixture
def rna(run, fasta, tiny, tmp_path):
    generator = np.random.default_rng(0)
    texts = ["".join(generator.choice([*"ACGU"], 300)) for _ in range(6)]
    known = fasta("".join(f">known{i}\n{text}\n" for i, text in enumerate(texts)), "known.fa")
    asked = fasta(f">q1\n{texts[2]}\n>q2\n{texts[4]}\n", "asked.fa")

    def nearest(*options, reference=known, query=asked):
        return run("nearest", reference, query, "--model", tiny, *options)

    return nearest


@pytest.fixture
def cells(tmp_path):
    values = np.arange(12, dtype=np.float32).reshape(6, 2)
    obs = pd.DataFrame({"type": [*"aabbcc"]}, index=[f"cell{i}" for i in range(6)])
    path = tmp_path / "cells.h5ad"
    graphkit.write_adata(
        anndata.AnnData(np.ones((6, 1), np.float32), obs=obs, obsm={"X_pca": values}), path
    )
    return path


def test_a_transcript_finds_itself_first(rna, tmp_path):
    result = rna("-n", 2)
    assert result.exit_code == 0, result.stderr
    table = pd.read_csv(io.StringIO(result.stdout), sep="\t")
    first = table[table["rank"] == 1]
    assert first["neighbour"].tolist() == ["known2", "known4"]
    assert first["distance"].to_numpy() == pytest.approx(0, abs=1e-3)
    assert "2 looked up among 6" in result.stderr


def test_an_index_is_kept_and_used_again(rna, tmp_path, fasta):
    labels = tmp_path / "labels.tsv"
    labels.write_text("".join(f"known{i}\t{'even' if i % 2 == 0 else 'odd'}\n" for i in range(6)))
    index, table = tmp_path / "index", tmp_path / "nearest.csv"
    first = rna("--labels", labels, "--save-index", index, "--metric", "cosine", "-o", table)
    assert first.exit_code == 0, first.stderr
    assert json.loads((tmp_path / "nearest.csv.json").read_text())["verb"] == "nearest"
    assert (
        json.loads((index / "model.safetensors.json").read_text())["input"] == "known.fa, asked.fa"
    )
    again = rna(reference=index)
    assert again.exit_code == 0, again.stderr
    found = pd.read_csv(io.StringIO(again.stdout), sep="\t")
    pd.testing.assert_frame_equal(found, pd.read_csv(table))
    assert found["label"][0] == "even"
    assert rna("--save-index", index).exit_code == 2
    assert rna("--save-index", index, "--force").exit_code == 0


def test_an_index_of_another_model_is_refused(rna, run, tmp_path):
    assert rna("--save-index", tmp_path / "index").exit_code == 0
    asked = tmp_path / "asked.fa"
    result = run("nearest", tmp_path / "index", asked, "--model", "lncloc")
    assert result.exit_code == 2
    assert "was not embedded by the model lncloc" in result.stderr


def test_the_index_that_comes_with_a_model(run):
    mouse = graphkit.datasets.shipped("mouse_lincrnas.fasta")
    result = run("nearest", "lncloc", mouse, "-n", 2)
    assert result.exit_code == 0, result.stderr
    table = pd.read_csv(io.StringIO(result.stdout), sep="\t")
    assert table.columns.tolist() == ["query", "rank", "distance", "label", "log2_CN", "lines"]
    assert len(table) == 6
    assert "3 looked up among 2,965" in result.stderr


def test_cells(run, cells):
    result = run("nearest", cells, cells, "-n", 2, "--label", "type", "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["neighbour"] for row in rows[::2]] == [f"cell{i}" for i in range(6)]
    assert [row["label"] for row in rows[::2]] == [*"aabbcc"]


def test_repeated_names_are_numbered_and_warned_of(rna, run, fasta, cells, tmp_path):
    record = ">q\n" + "ACGGUGCUAGCAUUGACUAG" * 9 + "\n"
    result = rna("-n", 1, query=fasta(record * 3, "again.fa"))
    assert "again.fa: 2 ids occurred before and were numbered (such as q)" in result.stderr
    rows = result.stdout.splitlines()[1:]
    assert [row.split("\t")[0] for row in rows] == ["q", "q-1", "q-2"]
    adata = anndata.read_h5ad(cells)
    adata.obs_names = [*"abcdea"]
    adata.write_h5ad(tmp_path / "again.h5ad")
    result = run("nearest", cells, tmp_path / "again.h5ad", "-n", 1)
    assert result.exit_code == 0, result.stderr
    told = [line for line in result.stderr.splitlines() if "occurred before" in line]
    assert len(told) == 1
    assert "again.h5ad: 1 spot names occurred before and were numbered (such as a)" in told[0]


def test_refusals(rna, run, cells, tmp_path, tiny):
    labels = tmp_path / "labels.tsv"
    labels.write_text("known0\tA\n")
    for result, reason in (
        (rna(query=cells), "is not of the kind of"),
        (rna(reference=cells), "is not of the kind of"),
        (run("nearest", cells, cells, "--use-rep", "X_scvi"), "There are: X_pca, and X"),
        (run("nearest", cells, cells, "--label", "kind"), "There are: type"),
        (run("nearest", cells, cells, "--metric", "manhattan"), "no metric 'manhattan'"),
        (rna(reference=tiny), "is a model without an index"),
        (rna(reference=tmp_path / "none"), "none"),
        (run("nearest", cells, cells, "--labels", tmp_path / "x.tsv"), "Of cells give --label"),
        (rna("--labels", labels), "has no label for known1"),
        (rna("-o", tmp_path / "asked.fa"), "would overwrite the query"),
    ):
        assert result.exit_code == 2, result.stderr
        assert reason in result.stderr
        assert "Traceback" not in result.stderr
