"""The verb that tells types."""

import numpy as np
import pytest

from graphkit import annotate


def test_a_copy_is_returned_and_the_query_stays(cells):
    known, query = cells(seed=0), cells(seed=1)
    done = annotate(known, query, label="truth", copy=True, key_added="kind")
    assert "kind" not in query.obs
    assert done.obs["kind"].cat.categories.tolist() == ["0", "1", "2", "Unknown"]
    assert len(done.uns["kind_colors"]) == 4
    assert done.obsm["kind_nearest_reference"].shape == (120, 5)
    assert set(done.uns["kind"]["confirmed"]) == {"0", "1", "2"}
    assert done.uns["graphkit"]["kind"]["params"]["label"] == "truth"


def test_the_nearest_are_rows_of_the_reference_as_it_was_given(cells):
    known, query = cells(seed=0), cells(seed=1)
    labels = known.obs["truth"].astype(object)
    labels.iloc[:10] = None
    known.obs["some"] = labels
    with pytest.warns(UserWarning, match="10 cells have no some"):
        annotate(known, query, label="some")
    nearest = query.obsm["nearest_reference"]
    assert nearest.min() >= 10
    truth = known.obs["truth"].to_numpy()[nearest]
    assert (truth == query.obs["truth"].to_numpy()[:, None]).mean() > 0.8
    assert np.isfinite(query.obs["confidence"]).all()
