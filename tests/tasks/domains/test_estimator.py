"""The estimator of domains: saved, loaded, and applied to what it has not seen."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.evaluation.clusters import agreement, match_and_average
from graphkit.methods.scrcl import ScRCLParams
from graphkit.omics import tissue_adata
from graphkit.tasks.domains import members
from graphkit.tasks.domains.estimator import Domains
from graphkit.tasks.domains.members import _train, fit_tied_mixture

QUICK = ScRCLParams(epochs=2)


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
    logits = model.logits(slide, library_key="slide")
    np.testing.assert_allclose(loaded.logits(slide, library_key="slide"), logits, atol=1e-6)
    np.testing.assert_allclose(np.exp(logits).sum(axis=1), 1)
    embedding = model.transform(slide, library_key="slide")
    np.testing.assert_allclose(loaded.transform(slide, library_key="slide"), embedding, atol=1e-6)


def test_what_is_written_is_what_the_mixtures_of_the_training_say(monkeypatch):
    slide, said = tissue(200), []

    def listened(posteriors):
        said.append(match_and_average(posteriors))
        return said[0]

    monkeypatch.setattr("graphkit.tasks.domains.estimator.match_and_average", listened)
    Domains(3, members=2, params=QUICK).fit(slide).annotate(slide)
    posterior, stability, _ = said[0]
    labels = slide.obs["domain"].cat.codes
    assert agreement(labels.tolist(), posterior.argmax(axis=1).tolist())[0] > 0.99
    np.testing.assert_allclose(slide.obs["domain_stability"], stability, atol=0.2)
    assert np.isclose(slide.obs["domain_stability"], stability).mean() > 0.99


def test_domains_keep_their_names_and_colours_where_some_are_missing(fitted):
    slide, model = fitted
    whole = slide.copy()
    model.annotate(whole, library_key="slide")
    colors = dict(zip(whole.obs["domain"].cat.categories, whole.uns["domain_colors"], strict=True))
    part = whole[(whole.obs["domain"] == "2") & (whole.obs["slide"] == "slide1")].copy()
    del part.obsp["spatial_connectivities"]
    model.annotate(part)
    for name, color in zip(
        part.obs["domain"].cat.categories, part.uns["domain_colors"], strict=True
    ):
        assert colors[name] == color


def test_a_second_slide_gets_the_domains_of_the_first(fitted):
    slide, _ = fitted
    first, second = (
        slide[slide.obs["slide"] == name].copy() for name in slide.obs["slide"].unique()
    )
    for one in (first, second):
        del one.obsp["spatial_connectivities"]
    model = Domains(3, members=2, params=ScRCLParams(epochs=4)).fit(first)
    shuffled = second[:, np.random.default_rng(0).permutation(second.n_vars)].copy()
    labels = model.predict(shuffled)
    assert agreement(labels.tolist(), second.obs["layer"].tolist())[0] > 0.3
    with pytest.raises(InputError, match="no such genes"):
        model.predict(second[:, :20].copy())


def test_two_seeds_share_no_network_and_no_draw(monkeypatch):
    seen = {}
    for seed in (0, 1):
        trained, mixed = [], []

        def train(*given, trained=trained, **how):
            trained.append(how["seed"])
            return _train(*given, **how)

        def mixture(*given, mixed=mixed, **how):
            mixed.append(how["seed"])
            return fit_tied_mixture(*given, **how)

        monkeypatch.setattr(members, "_train", train)
        monkeypatch.setattr(members, "fit_tied_mixture", mixture)
        model = Domains(3, members=4, params=QUICK, random_state=seed).fit(tissue(60))
        seen[seed] = (trained, mixed, [one.views.second.weight for one in model.members_])
    for one, two in zip(seen[0][:2], seen[1][:2], strict=True):
        assert len({*one, *two}) == len(one) + len(two)
    weights = [*seen[0][2], *seen[1][2]]
    assert not any(torch.allclose(a, b, atol=1e-3) for a, b in combinations(weights, 2))


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
    model = Domains(2, members=1, params=replace(QUICK, n_components=5))
    model.fit(slide, use_rep="X_own").save(tmp_path / "domains")
    loaded = Domains.load(tmp_path / "domains")
    assert (loaded.predict(slide) == model.predict(slide)).all()
    slide.obsm["X_own"] = slide.obsm["X_own"][:, :3]
    with pytest.raises(InputError, match="3 columns for a model of 5"):
        loaded.predict(slide)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("class", "SpatialDenoiser"),
        ("n_classes", 0),
        ("n_classes", 4),
        ("n_classes", "3"),
        ("n_classes", 10**9),
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
