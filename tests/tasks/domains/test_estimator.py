"""The estimator of domains: saved, loaded, and applied to what it has not seen."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.evaluation.clusters import agreement
from graphkit.omics import mapped, tissue_adata
from graphkit.tasks.domains import estimator, smoothing
from graphkit.tasks.domains.estimator import Domains
from graphkit.tasks.domains.members import DomainParams
from graphkit.tasks.domains.smoothing import Smoothing

QUICK = DomainParams(n_components=6)


def tissue(n=300, **more):
    return tissue_adata(simulate_tissue(TissueParams(n_spots=n, n_layers=3, **more), seed=0))


@pytest.fixture(scope="module")
def fitted():
    slide = tissue(200, n_slides=2)
    return slide, Domains(3, members=2, params=QUICK).fit(slide, library_key="slide")


def test_what_was_fitted_comes_back_and_gives_the_same(fitted, tmp_path):
    slide, model = fitted
    model.save(tmp_path / "domains")
    loaded = Domains.load(tmp_path / "domains")
    assert loaded.classes_ == ("1", "2", "3")
    assert loaded.params == QUICK
    assert loaded.genes_ == model.genes_
    assert loaded.kmeans_ == model.kmeans_
    logits = model.logits(slide, library_key="slide")
    np.testing.assert_allclose(loaded.logits(slide, library_key="slide"), logits, atol=1e-6)
    np.testing.assert_allclose(np.exp(logits).sum(axis=1), 1)
    embedding = model.transform(slide, library_key="slide")
    np.testing.assert_allclose(loaded.transform(slide, library_key="slide"), embedding, atol=1e-6)


def test_what_is_written_is_what_the_consensus_says(fitted):
    slide, model = fitted
    whole = slide.copy()
    model.annotate(whole, library_key="slide")
    predicted = model.predict(slide, library_key="slide")
    assert (whole.obs["domain"].astype(str) == predicted).all()
    sizes = whole.obs["domain"].value_counts()
    assert sizes["1"] >= sizes["2"] >= sizes["3"]
    assert whole.obs["domain_stability"].between(0, 1).all()


def test_domains_keep_their_names_and_colours_where_some_are_missing(fitted):
    slide, model = fitted
    whole = slide.copy()
    model.annotate(whole, library_key="slide")
    colors = dict(zip(whole.obs["domain"].cat.categories, whole.uns["domain_colors"], strict=True))
    part = whole[(whole.obs["domain"] == "2") & (whole.obs["slide"] == "slide1")].copy()
    model.annotate(part, library_key="slide")
    for name, color in zip(
        part.obs["domain"].cat.categories, part.uns["domain_colors"], strict=True
    ):
        assert colors[name] == color


def test_a_second_slide_gets_the_domains_of_the_first(fitted):
    slide, _ = fitted
    first, second = (
        slide[slide.obs["slide"] == name].copy() for name in slide.obs["slide"].unique()
    )
    model = Domains(3, members=4).fit(first)
    shuffled = second[:, np.random.default_rng(0).permutation(second.n_vars)].copy()
    labels = model.predict(shuffled)
    assert agreement(labels.tolist(), second.obs["layer"].tolist())[0] > 0.3
    with pytest.raises(InputError, match="no such genes"):
        model.predict(second[:, :20].copy())


def test_unfitted_is_said(tmp_path):
    slide = tissue(60)
    for ask in (Domains(3).predict, Domains(3).transform, Domains(3).on):
        with pytest.raises(InputError, match="not fitted"):
            ask(slide)
    with pytest.raises(InputError, match="not fitted"):
        Domains(3).save(tmp_path / "domains")


def test_an_embedding_is_read_again(tmp_path):
    slide = tissue(60)
    slide.obsm["X_own"] = np.random.default_rng(0).normal(size=(60, 8))
    model = Domains(2, members=1, params=QUICK)
    model.fit(slide, use_rep="X_own").save(tmp_path / "domains")
    loaded = Domains.load(tmp_path / "domains")
    assert (loaded.predict(slide) == model.predict(slide)).all()
    slide.obsm["X_own"] = slide.obsm["X_own"][:, :3]
    with pytest.raises(InputError, match="3 columns for a model of 8"):
        loaded.predict(slide)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("class", "SpatialDenoiser"),
        ("members", 3),
        ("members", 0),
        ("members", 10**9),
        ("n_domains", 0),
        ("n_domains", "three"),
        ("random_state", 0.5),
        ("genes", ["a"]),
        ("genes", None),
        ("use_rep", "X"),
        ("use_rep", 3),
        ("scale", 0),
        ("target_sum", None),
        ("params", {}),
        ("params", None),
        ("arguments", {}),
    ],
)
def test_altered_folders_are_refused(fitted, alter, tmp_path, slot, value):
    fitted[1].save(tmp_path / "domains")
    alter(tmp_path / "domains", slot, value=value)
    with pytest.raises(InputError):
        Domains.load(tmp_path / "domains")


def test_a_graph_of_other_coordinates_is_not_read():
    slide = tissue(100)
    plain = Domains(3, members=2).fit(slide)
    from scipy import sparse

    slide.obsp["spatial_connectivities"] = sparse.random(
        100, 100, 0.1, format="csr", random_state=0
    )
    again = Domains(3, members=2).fit(slide)
    assert (again.predict(slide) == plain.predict(slide)).all()


def test_neighbours_matter_where_they_were_chosen():
    slide = tissue(400, contrast=0.5, depth=150.0)
    model = Domains(3, members=4).fit(slide)
    assert model.smoothing_.hops > 0
    found = agreement(model.predict(slide).tolist(), slide.obs["layer"].tolist())[0]
    shuffled = slide.copy()
    order = np.random.default_rng(0).permutation(400)
    shuffled.obsm["spatial"] = slide.obsm["spatial"][order]
    moved = agreement(model.predict(shuffled).tolist(), slide.obs["layer"].tolist())[0]
    assert found > moved + 0.3


def test_spots_left_out_are_nobodys_neighbours():
    slide = tissue(100)
    model = Domains(3, members=2).fit(slide)
    model.smoothing_ = Smoothing(6, 1)
    empty = slide.copy()
    counts = empty.X.toarray()
    counts[50] = 0
    empty.X = counts
    near = model.on(empty).averaging.to_dense().numpy()
    assert near[50].tolist() == np.eye(100)[50].tolist()
    assert near[:, 50].tolist() == np.eye(100)[50].tolist()


def test_of_many_spots_some_are_read_and_all_get_domains(monkeypatch):
    slide = tissue(1_200)
    whole = Domains(3, members=2, params=QUICK).fit(slide)
    monkeypatch.setattr(estimator, "_MOST_READ", 600)
    monkeypatch.setattr(smoothing, "_WINDOW", 150)
    part = Domains(3, members=2, params=QUICK).fit(slide)
    part.annotate(slide)
    assert whole.read_ == 1_200
    assert 600 <= part.read_ < 900
    assert slide.uns["domain"]["read"] == part.read_
    assert slide.obs["domain"].notna().all()
    truth = slide.obs["layer"].tolist()
    alone, sampled = (agreement(truth, one.predict(slide).tolist())[0] for one in (whole, part))
    assert sampled > alone - 0.05


def test_a_table_that_is_mapped_has_the_domains_of_one_in_memory(monkeypatch):
    monkeypatch.setattr(mapped, "_BLOCK", 2_000)
    monkeypatch.setattr(estimator, "_BLOCK", 50)
    here = tissue(200, n_slides=2)
    empty = here.X.toarray()
    empty[3] = 0
    here.X = sparse.csr_matrix(empty)
    there = here.copy()
    there.X = mapped.stacked([here.X])
    found = [
        Domains(3, members=2, params=QUICK).fit(one, library_key="slide") for one in (here, there)
    ]
    for model, adata in zip(found, (here, there), strict=True):
        model.annotate(adata, library_key="slide")
    assert (here.obs["domain"].astype(str) == there.obs["domain"].astype(str)).all()
    np.testing.assert_allclose(there.obsm["X_domain"], here.obsm["X_domain"], atol=1e-5)
