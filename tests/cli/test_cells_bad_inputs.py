"""Tables of cells that the verbs themselves meet: a result, or one message and no file."""

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

QUICK = ("--members", 1, "--device", "cpu")
VERBS = ["cluster", "annotate", "check-labels"]


@pytest.fixture
def table():
    """Make 50 cells of two types; genes are symbols, the last 10 are told by none."""

    def make(change=lambda _: None):
        rng = np.random.default_rng(0)
        rates = np.repeat([[9.0] * 20 + [1.0] * 30, [1.0] * 20 + [9.0] * 20 + [1.0] * 10], 25, 0)
        adata = anndata.AnnData(sparse.csr_matrix(rng.poisson(rates).astype(np.float32)))
        adata.var_names = [f"GENE{i}" for i in range(adata.n_vars)]
        adata.obs["type"] = ["one"] * 25 + ["two"] * 25
        changed = change(adata)
        return adata if changed is None else changed

    return make


@pytest.fixture
def attempt(run, tmp_path):
    """Run a verb on a table; return its result, and what it wrote or None."""

    def attempt(verb, query, *, reference=None, options=()):
        source, out = tmp_path / "cells.h5ad", tmp_path / "out.h5ad"
        query.write_h5ad(source)
        inputs = [source]
        if verb == "annotate":
            inputs.insert(0, source if reference is None else tmp_path / "known.h5ad")
            if reference is not None:
                reference.write_h5ad(inputs[0])
        given = QUICK if verb == "cluster" else ("--label", "type")
        if verb == "cluster" and "--n-clusters" not in options:
            given = (*given, "--n-clusters", 2)
        result = run(verb, *inputs, "-o", out, *given, *options)
        return result, anndata.read_h5ad(out) if out.exists() else None

    return attempt


def set_types(types):
    def change(adata):
        adata.obs["type"] = pd.Series(types, adata.obs_names).astype("category")

    return change


@pytest.mark.parametrize("verb", ["annotate", "check-labels"])
@pytest.mark.parametrize(
    ("types", "said"),
    [
        (None, "obs['type']: missing. There are: (none)."),
        (["one"] * 50, "1 labels"),
        ([None] * 50, "0 labels"),
        ([f"cell{i}" for i in range(50)], "0 of its 50 labels have two cells or more"),
    ],
)
def test_columns_that_tell_no_types_are_refused(verb, types, said, table, attempt):
    def change(adata):
        del adata.obs["type"]
        if types is not None:
            set_types(types)(adata)

    result, written = attempt(verb, table(change))
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert written is None


@pytest.mark.parametrize("missing", [None, "nan", "NA"])
@pytest.mark.parametrize("verb", ["annotate", "check-labels"])
def test_cells_without_a_label_are_left_out_and_counted(verb, missing, table, attempt):
    types = [missing] * 5 + ["one"] * 20 + ["two"] * 24 + ["alone"]
    result, written = attempt(verb, table(set_types(types)))
    assert result.exit_code == 0, result.stderr
    assert "5 cells have no type: left out" in result.stderr
    assert "types of one cell, which can hardly be told: alone" in result.stderr
    column = written.obs["predicted" if verb == "annotate" else "suggested"]
    assert set(column.cat.categories) - {"Unknown"} == {"alone", "one", "two"}


def test_categories_in_any_order_used_or_not(table, attempt):
    told = []
    for categories in (["one", "two"], ["two", "never", "one"]):
        types = pd.Categorical(["one"] * 25 + ["two"] * 25, categories)
        result, written = attempt("annotate", table(set_types(types)), reference=table())
        assert result.exit_code == 0, result.stderr
        told.append(written.obs["predicted"].astype(str).tolist())
    assert told[0] == told[1]


def test_no_shared_genes_is_an_error_that_names_both_styles(table, attempt):
    def renamed(adata):
        adata.var_names = [f"ENSG{i:011d}" for i in range(adata.n_vars)]

    result, written = attempt("annotate", table(renamed), reference=table())
    assert result.exit_code == 2
    assert "GENE0" in result.stderr
    assert "ENSG00000000000" in result.stderr
    assert written is None


def test_a_query_that_is_the_reference_is_said_to_be(table, attempt):
    result, written = attempt("annotate", table())
    assert result.exit_code == 0, result.stderr
    assert "most cells are also in the reference" in result.stderr
    assert (written.obs["predicted"].astype(str) == written.obs["type"]).mean() > 0.9


@pytest.mark.parametrize("number", [26, 51, 1])
def test_more_clusters_than_half_the_cells_are_refused(number, table, attempt):
    result, written = attempt("cluster", table(), options=("--n-clusters", number))
    assert result.exit_code == 2
    assert "--n-clusters" in result.stderr
    assert written is None


def log(adata):
    adata.X = adata.X.log1p()


def negative(adata):
    adata.X[0, 0] = -1


def infinite(adata):
    adata.X[0, 0] = np.inf


def missing(adata):
    adata.X[0, 0] = np.nan


def zeros(adata):
    adata.X = sparse.csr_matrix(adata.shape, dtype=np.float32)


def no_genes(adata):
    return adata[:, :0].copy()


def no_cells(adata):
    return adata[:0].copy()


def one_cell(adata):
    return adata[:1].copy()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("change", [log, negative, infinite, missing, zeros, no_genes, no_cells])
def test_what_are_no_counts_is_refused(verb, change, table, attempt):
    result, written = attempt(verb, table(change), reference=table())
    assert result.exit_code == 2
    assert "cells.h5ad" in result.stderr
    assert "Traceback" not in result.stderr
    assert written is None


@pytest.mark.parametrize("verb", ["cluster", "check-labels"])
def test_one_cell_is_too_few(verb, table, attempt):
    result, written = attempt(verb, table(one_cell))
    assert result.exit_code == 2
    assert written is None


def csc(adata):
    adata.X = sparse.csc_matrix(adata.X)


def dense(adata):
    adata.X = adata.X.toarray().astype(np.float64)


def integers(adata):
    adata.X = adata.X.astype(np.int64)


def repeated(adata):
    adata.obs_names = ["cell"] * adata.n_obs


@pytest.mark.filterwarnings("ignore:Observation names are not unique")
@pytest.mark.parametrize("verb", VERBS)
def test_counts_however_stored_give_one_result(verb, table, attempt):
    column = {"cluster": "cluster", "annotate": "predicted", "check-labels": "suggested"}[verb]
    found = []
    for change in (lambda _: None, csc, dense, integers, repeated):
        result, written = attempt(verb, table(change), reference=table())
        assert result.exit_code == 0, result.stderr
        found.append(written.obs[column].astype(str).tolist())
    assert all(one == found[0] for one in found)
