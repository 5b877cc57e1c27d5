"""Domains of a simulated tissue, whose layers are known."""

import anndata
import numpy as np
import pytest

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.evaluation.clusters import agreement
from graphkit.methods.scrcl import ScRCLParams
from graphkit.omics import tissue_adata
from graphkit.palette import group_colors
from graphkit.tasks.domains.domains import find_domains
from graphkit.tasks.domains.estimator import Domains

QUICK = ScRCLParams(epochs=2)


def tissue(n=300, **more):
    return tissue_adata(simulate_tissue(TissueParams(n_spots=n, n_layers=3, **more), seed=0))


def test_layers_are_found_and_the_slots_are_filled():
    slide = tissue()
    assert find_domains(slide, n_domains=3, members=3) is None
    assert agreement(slide.obs["domain"].tolist(), slide.obs["layer"].tolist())[0] > 0.6
    assert list(slide.obs["domain"].cat.categories) == ["1", "2", "3"]
    sizes = slide.obs["domain"].value_counts()
    assert sizes["1"] >= sizes["2"] >= sizes["3"]
    assert slide.obs["domain_stability"].between(0, 1).all()
    assert slide.obsm["X_domain"].shape == (300, 64)
    assert slide.uns["domain"]["method"] == "scrcl"


def test_the_result_can_be_written_and_read(tmp_path):
    slide = tissue(150)
    find_domains(slide, n_domains=3, members=2, params=QUICK, key_added="region")
    find_domains(slide, n_domains=3, members=2, params=QUICK)
    slide.write_h5ad(tmp_path / "out.h5ad")
    again = anndata.read_h5ad(tmp_path / "out.h5ad")
    assert list(again.uns["domain"]["params"]["hops"]) == list(QUICK.hops)
    assert again.obs["domain"].equals(slide.obs["domain"])
    for key in ("domain", "region"):
        names = again.obs[key].cat.categories
        assert list(again.uns[f"{key}_colors"]) == group_colors(len(names))


def test_the_largest_seed_of_the_command_is_a_seed():
    slide = tissue(60)
    find_domains(slide, n_domains=2, members=2, params=QUICK, random_state=2**31 - 1)
    assert slide.obs["domain"].nunique() <= 2


@pytest.mark.usefixtures("one_thread")
def test_same_seed_same_domains_and_a_copy_leaves_the_original():
    slide = tissue(150)
    first, second = (
        find_domains(slide, n_domains=3, members=2, params=QUICK, copy=True) for _ in range(2)
    )
    assert "domain" not in slide.obs
    assert first.obs["domain"].equals(second.obs["domain"])
    assert np.array_equal(first.obsm["X_domain"], second.obsm["X_domain"])


def test_the_order_of_spots_does_not_matter_to_the_graph():
    slide = tissue(150)
    other = slide[np.random.default_rng(1).permutation(150)].copy()
    for one in (slide, other):
        find_domains(one, n_domains=3, members=2, params=ScRCLParams(epochs=4))
    joined = other.obs["domain"].reindex(slide.obs_names)
    assert agreement(slide.obs["domain"].tolist(), joined.tolist())[0] > 0.5


def test_auto_says_how_it_chose():
    slide = tissue(150)
    find_domains(slide, n_domains="auto", members=2, params=ScRCLParams(epochs=1))
    about = slide.uns["domain"]
    assert set(about["curve"]) == {str(k) for k in range(3, 13)}
    assert about["curve"][str(about["n_domains"])] == max(about["curve"].values())
    assert "agree most" in about["rule"]


def test_slides_share_labels_and_no_edge():
    slide = tissue(200, n_slides=2)
    slide.obs["slide"] = slide.obs["slide"].astype(str)
    find_domains(slide, n_domains=3, members=2, library_key="slide", params=QUICK)
    near = slide.obsp["spatial_connectivities"].tocoo()
    of = slide.obs["slide"].to_numpy()
    assert (of[near.row] == of[near.col]).all()
    shared = slide.obs.groupby("slide", observed=True)["domain"].nunique()
    assert (shared >= 2).all()


def test_an_embedding_with_coordinates_is_enough():
    generator = np.random.default_rng(0)
    slide = anndata.AnnData(generator.normal(size=(60, 8)))
    slide.obsm["spatial"] = generator.random((60, 2))
    find_domains(slide, n_domains=2, members=1, params=ScRCLParams(epochs=1, n_components=8))
    assert slide.uns["domain"]["features"] == "the first 8 columns of X"


def test_the_verb_writes_what_the_estimator_finds():
    slide = tissue(150)
    find_domains(slide, n_domains=3, members=2, params=QUICK, random_state=1)
    model = Domains(3, members=2, params=QUICK, random_state=1).fit(slide)
    assert agreement(slide.obs["domain"].tolist(), model.predict(slide).tolist())[0] > 0.99


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"n_domains": 0}, "n_domains"),
        ({"n_domains": 1000}, "n_domains"),
        ({"n_domains": "many"}, "n_domains"),
        ({"n_domains": 2, "members": 0}, "members"),
        ({"n_domains": "auto", "members": 1}, "members"),
        ({"n_domains": 2, "spatial_key": "nowhere"}, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said(how, message):
    slide = tissue(40)
    with pytest.raises(InputError, match=message):
        find_domains(slide, params=QUICK, **how)
    assert "domain" not in slide.obs
