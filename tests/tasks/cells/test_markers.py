"""Types known by marker genes alone."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.omics import log_normalise
from graphkit.tasks import CellTypes
from graphkit.tasks.cells.markers import marker_columns, marker_posterior, read_markers


def test_a_type_that_the_reference_lacks_is_told_by_its_markers(cells):
    known, query = cells(seed=0, sizes=(60, 60, 60)), cells(seed=1, sizes=(40, 40, 40))
    truth = query.obs["truth"].to_numpy()
    known = known[known.obs["truth"] != "2"].copy()
    markers = {"new": known.var_names[20:30].tolist(), "0": ["1", "2", "3"]}
    model = CellTypes(markers=markers).fit(known, label="truth")
    model.annotate(query)
    told = query.obs["predicted"]
    assert told.cat.categories.tolist() == ["0", "1", "new", "Unknown"]
    assert (told[truth == "2"] == "new").mean() > 0.9
    assert (told[truth != "2"] == "new").mean() < 0.05
    assert query.obs["neighbours_agree"].isna().sum() == (told == "new").sum()


def test_the_signature_is_that_of_a_dense_table(cells):
    adata = cells(sizes=(40, 40))
    logged = log_normalise(adata.X, target_sum=1e4)
    components = np.random.default_rng(0).normal(size=(80, 3))
    found = marker_posterior(logged, {"first": np.arange(10)}, components)
    table = logged.toarray().astype(float)
    scaled = (table - table.mean(axis=0)) / table.std(axis=0)
    signature = scaled[:, :10].mean(axis=1) - scaled.mean(axis=1)
    assert found.shape == (80, 1)
    assert np.corrcoef(found[:, 0], signature)[0, 1] > 0.3


def test_capitals_of_another_species_are_found(cells):
    adata = cells(sizes=(5, 0))
    adata.var_names = [f"Gene{i}" for i in range(60)]
    found = marker_columns(adata, {"kind": ["GENE3", "GENE5", "GENE8", "NONE"]})
    assert found["kind"].tolist() == [3, 5, 8]
    with pytest.raises(InputError, match="1 of its 2 genes"):
        marker_columns(adata, {"kind": ["GENE3", "NONE"]})


@pytest.mark.parametrize(
    ("text", "match"),
    [("", "no types"), ("a\tb\n", "without genes"), ("a\t\tX\na\t\tY\n", "'a' again")],
)
def test_lists_that_make_no_sense_are_refused(text, match, tmp_path):
    path = tmp_path / "types.gmt"
    path.write_text(text)
    with pytest.raises(InputError, match=match):
        read_markers(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_markers(tmp_path / "none.gmt")
