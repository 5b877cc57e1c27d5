"""Labels of cells, checked."""

import numpy as np
import pytest

from graphkit.datasets import CellsParams, simulate_cells
from graphkit.errors import InputError
from graphkit.omics import cells_adata
from graphkit.tasks import LabelCheck


def labelled(wrong, seed=0, **how):
    params = CellsParams(n_cells=300, n_types=4, n_background=60, wrong_labels=wrong, **how)
    return cells_adata(simulate_cells(params, seed=seed))


@pytest.mark.parametrize("wrong", [0.1, 0.4])
def test_wrong_labels_are_found_and_the_right_ones_suggested(wrong):
    adata = labelled(wrong)
    model = LabelCheck().fit(adata, label="label")
    truth = adata.obs["cell_type"].to_numpy(dtype=object)
    bad = truth != adata.obs["label"].to_numpy(dtype=object)
    assert (model.suggested_ == truth).mean() > 0.97
    assert model.noise_ == pytest.approx(wrong, abs=0.05)
    assert model.suspicion_[bad].min() > 0.5
    assert np.median(model.suspicion_[~bad]) < 0.05
    assert not model.was_anchor_[bad].any()


def test_right_labels_stay():
    adata = labelled(0.0)
    model = LabelCheck().fit(adata, label="label")
    assert (model.suggested_ != adata.obs["label"]).mean() < 0.01
    assert model.table(adata).empty


def test_the_table_says_why():
    adata = labelled(0.1)
    model = LabelCheck().fit(adata, label="label")
    table = model.table(adata, n=5)
    assert len(table) == 5
    assert table["suspicion"].is_monotonic_decreasing
    assert (table["neighbours_as_suggested"] > table["neighbours_as_labelled"]).all()
    named = adata.obs.loc[table["cell"]]
    assert table["label"].tolist() == named["label"].tolist()
    assert table["suggested"].tolist() == named["cell_type"].tolist()


def test_what_has_no_label_or_too_few_counts_is_not_checked():
    adata = labelled(0.0)
    names = adata.obs["label"].astype(object)
    names.iloc[3] = None
    adata.obs["some"] = names
    emptied = adata.X.toarray()
    emptied[5] = 0
    adata.X = emptied
    with pytest.warns(UserWarning, match="1 cells have no some"):
        model = LabelCheck().fit(adata, label="some")
    assert np.flatnonzero(np.isnan(model.suspicion_)).tolist() == [3, 5]
    model.annotate(adata)
    assert adata.obs["suggested"].isna().sum() == 1
    assert adata.uns["suggested"]["unchecked"] == 2


def test_labels_of_which_none_can_be_checked_are_refused():
    adata = labelled(0.0)
    with pytest.raises(InputError, match="0 labels"):
        LabelCheck(min_counts=10**9).fit(adata, label="label")


def test_the_only_cell_of_a_type_keeps_its_label():
    adata = labelled(0.0)
    names = adata.obs["label"].astype(object)
    names.iloc[3] = "alone"
    adata.obs["some"] = names
    with pytest.warns(UserWarning, match="types of one cell"):
        model = LabelCheck().fit(adata, label="some")
    assert model.suggested_[3] == "alone"


def test_labels_of_something_else_are_left_alone():
    adata = labelled(0.0)
    adata.obs["donor"] = np.random.default_rng(0).permutation(np.arange(300) % 6).astype(str)
    with pytest.warns(UserWarning, match="do not show what donor says"):
        model = LabelCheck().fit(adata, label="donor")
    assert (model.suggested_ == adata.obs["donor"]).all()
