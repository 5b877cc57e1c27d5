"""``graphkit check-labels`` as a user calls it."""

import anndata
import pandas as pd


def test_wrong_labels_are_listed_with_their_reasons(run, tmp_path):
    cells, out, table = (tmp_path / name for name in ("cells.h5ad", "out.h5ad", "bad.tsv"))
    made = run("simulate", "cells", "-o", cells, "--cells", 200, "--wrong-labels", 0.1)
    assert made.exit_code == 0
    options = ("--label", "label", "--table", table)
    result = run("check-labels", cells, "-o", out, *options)
    assert result.exit_code == 0, result.stderr
    adata = anndata.read_h5ad(out)
    right = adata.obs["suggested"].to_numpy() == adata.obs["cell_type"].to_numpy()
    assert right.mean() > 0.97
    listed = pd.read_csv(table, sep="\t")
    assert 10 < len(listed) < 30
    assert table.with_name("bad.tsv.json").is_file()
    assert "labels are likely wrong" in result.stderr


def test_a_missing_column_is_refused(run, tmp_path):
    cells = tmp_path / "cells.h5ad"
    run("simulate", "cells", "-o", cells, "--cells", 60)
    result = run("check-labels", cells, "-o", tmp_path / "out.h5ad", "--label", "kind")
    assert result.exit_code == 2
    assert "There are: cell_type, label, batch, doublet" in result.stderr
    assert not (tmp_path / "out.h5ad").exists()
