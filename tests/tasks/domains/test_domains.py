"""Domains of a simulated tissue, whose layers are known."""

import anndata
import numpy as np
import pytest

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.evaluation.clusters import agreement
from graphkit.omics import tissue_adata
from graphkit.palette import group_colors
from graphkit.tasks.domains.domains import find_domains
from graphkit.tasks.domains.estimator import Domains
from graphkit.tasks.domains.members import DomainParams

QUICK = DomainParams(n_components=8)


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
    assert slide.obsm["X_domain"].shape == (300, 15)
    about = slide.uns["domain"]
    assert about["method"] == "mixtures"
    assert next(iter(about["smoothings"])) == about["smoothing"]
    assert list(about["smoothings"].values()) == sorted(about["smoothings"].values())[::-1]
    assert -1 <= about["agreement_with_kmeans"] <= 1


def test_the_result_can_be_written_and_read(tmp_path):
    slide = tissue(150)
    find_domains(slide, n_domains=3, members=2, params=QUICK, key_added="region")
    find_domains(slide, n_domains=3, members=2, params=QUICK)
    slide.write_h5ad(tmp_path / "out.h5ad")
    again = anndata.read_h5ad(tmp_path / "out.h5ad")
    assert again.uns["domain"]["params"]["n_components"] == 8
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
        find_domains(one, n_domains=3, members=4)
    joined = other.obs["domain"].reindex(slide.obs_names)
    assert agreement(slide.obs["domain"].tolist(), joined.tolist())[0] > 0.5


def test_auto_says_how_it_chose():
    slide = tissue(300)
    find_domains(slide, n_domains="auto", members=2)
    about = slide.uns["domain"]
    assert (about["n_domains"], about["determined"]) == (3, True)
    assert about["curve"]["3"] == max(about["curve"].values())
    assert "halves" in about["rule"]


def test_where_the_number_is_open_the_file_is_written_and_says_so(tmp_path):
    slide = tissue(150, contrast=0.0)
    find_domains(slide, n_domains="auto", members=2)
    slide.write_h5ad(tmp_path / "out.h5ad")
    again = anndata.read_h5ad(tmp_path / "out.h5ad")
    assert not again.uns["domain"]["determined"]
    assert again.obs["domain"].notna().all()


def test_slides_share_labels():
    slide = tissue(200, n_slides=2)
    find_domains(slide, n_domains=3, members=2, library_key="slide", params=QUICK)
    shared = slide.obs.groupby("slide", observed=True)["domain"].nunique()
    assert (shared >= 2).all()


def test_shifts_of_genes_and_of_depth_between_slides_are_absorbed():
    slide = tissue(300, n_slides=2, batch_effect=0.0)
    rng = np.random.default_rng(0)
    counts, second = slide.X.toarray(), (slide.obs["slide"] == "slide2").to_numpy()
    shifted = slide.copy()
    counts[second] = rng.binomial(
        counts[second].astype(int), rng.uniform(0.2, 0.9, counts.shape[1])
    )
    shifted.X = counts
    found = []
    for one in (slide, shifted):
        find_domains(one, n_domains=3, members=4, library_key="slide")
        found.append(agreement(one.obs["domain"].tolist(), one.obs["layer"].tolist())[0])
    assert found[1] > found[0] - 0.03


def test_slides_of_which_one_shows_a_part_of_the_layers_are_brought_together():
    params = TissueParams(n_spots=300, n_layers=4, n_slides=2, batch_effect=0.6)
    slides = tissue_adata(simulate_tissue(params, seed=501))
    lower = slides.obs["layer"].isin(["layer1", "layer2"])
    slides = slides[(slides.obs["slide"] == "slide1") | ~lower].copy()
    find_domains(slides, n_domains=4, members=4, library_key="slide")
    found = agreement(slides.obs["domain"].tolist(), slides.obs["layer"].tolist())[0]
    assert found > 0.9
    mixed = slides.uns["domain"]["slides_mixed"]
    assert mixed["before"] < 0.1 < 0.5 < mixed["after"]
    find_domains(slides, n_domains=4, members=4, library_key="slide", integrate="means")
    centred = agreement(slides.obs["domain"].tolist(), slides.obs["layer"].tolist())[0]
    assert centred < found - 0.1
    assert "slides_mixed" not in slides.uns["domain"]


def test_harmony_can_be_asked_to_bring_slides_together():
    pytest.importorskip("harmonypy", reason="needs the extra harmony")
    slides = tissue(200, n_slides=2)
    model = Domains(3, members=2, integrate="harmony").fit(slides, library_key="slide")
    model.annotate(slides, library_key="slide")
    assert agreement(slides.obs["domain"].tolist(), slides.obs["layer"].tolist())[0] > 0.5
    assert slides.uns["domain"]["slides_mixed"]["after"] > 0.5


def test_spots_without_counts_and_off_the_tissue_have_no_domain():
    slide = tissue(150)
    counts = slide.X.toarray()
    counts[:4] = 0
    slide.X = counts
    slide.obs["in_tissue"] = [1] * 145 + [0] * 5
    find_domains(slide, n_domains=3, members=2)
    missing = slide.obs["domain"].isna()
    assert np.flatnonzero(missing).tolist() == [0, 1, 2, 3, *range(145, 150)]
    assert slide.obs["domain_stability"].isna().equals(missing)
    assert slide.uns["domain"]["left_out"] == 9
    find_domains(slide, n_domains=3, members=2, off_tissue=True)
    assert slide.obs["domain"].isna().sum() == 4
    with pytest.raises(InputError, match="no spot on the tissue has 1000000 counts or more"):
        find_domains(slide, n_domains=3, min_counts=10**6)


def test_more_domains_than_are_there_is_a_warning():
    slide = tissue(40)
    slide.X = np.repeat(slide.X.toarray()[[0, 20]], 20, axis=0)
    with pytest.warns(UserWarning, match="domains in place of 6"):
        find_domains(slide, n_domains=6, members=2)


def test_no_smoothing_is_chosen_for_layers_two_spots_thin():
    slide = tissue(300, contrast=2.0, depth=2000.0, genes_per_layer=30)
    layer = slide.obs["layer"].to_numpy()
    row = slide.obsm["spatial"][:, 1] // 173.3
    thin = np.array(["a", "b", "c"])[(row.astype(int) // 2) % 3]
    names = np.array(sorted(set(layer)))
    rng = np.random.default_rng(0)
    source = [rng.choice(np.flatnonzero(layer == names["abc".index(one)])) for one in thin]
    slide.X = slide.X.toarray()[source]
    find_domains(slide, n_domains=3)
    assert slide.uns["domain"]["smoothing"] == "no smoothing"
    assert agreement(slide.obs["domain"].tolist(), thin.tolist())[0] > 0.9


def test_scrcl_is_there_by_name():
    slide = tissue(120)
    find_domains(slide, n_domains=3, members=2, method="scrcl", device="cpu")
    assert slide.obsm["X_scrcl"].shape == (120, 64)
    assert slide.uns["domain"]["features"] == "15 principal components of 64 columns of X_scrcl"
    for wrong in ("method", "integrate"):
        with pytest.raises(InputError, match=f"no {wrong} 'leiden'"):
            find_domains(slide, n_domains=3, **{wrong: "leiden"})


def test_an_embedding_with_coordinates_is_enough():
    generator = np.random.default_rng(0)
    slide = anndata.AnnData(generator.normal(size=(60, 8)))
    slide.obsm["spatial"] = generator.random((60, 2))
    find_domains(slide, n_domains=2, members=1, use_rep="X")
    assert slide.uns["domain"]["features"] == "8 columns of X"


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
        ({"n_domains": 2, "spatial_key": "nowhere"}, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said(how, message):
    slide = tissue(40)
    with pytest.raises(InputError, match=message):
        find_domains(slide, params=QUICK, **how)
    assert "domain" not in slide.obs
