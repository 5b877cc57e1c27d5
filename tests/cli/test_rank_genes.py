import io

import pandas as pd
import pytest

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
    assert "it agrees with" in result.stderr


def test_layer_genes_come_first_in_their_layers(run, tissue_file, small_tissue, tmp_path):
    output = tmp_path / "genes.tsv"
    result = run("rank-genes", tissue_file(), "-o", output, *OPTIONS, "--top", 5)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    best = table(output.read_text())
    module = small_tissue.var["module"].astype(str)
    planted = best["gene"].map(module) == best["group"]
    assert planted.mean() > 1.5 * 15 / 250


def test_json_lines(run, tissue_file):
    result = run("rank-genes", tissue_file(), *OPTIONS, "--top", 1, "--format", "jsonl")
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
