"""The verb that checks labels."""

from graphkit import check_labels


def test_a_copy_is_returned_and_the_table_stays(cells):
    adata = cells()
    done = check_labels(adata, label="truth", copy=True, key_added="kind")
    assert "kind" not in adata.obs
    assert {"kind", "kind_suspicion", "kind_was_anchor"} <= set(done.obs)
    assert done.uns["graphkit"]["kind"]["params"]["label"] == "truth"
