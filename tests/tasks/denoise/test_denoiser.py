"""The estimator: fit, transform, rates, folders."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit import denoise
from graphkit.builders import spot_table
from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.methods import DenoiserParams
from graphkit.methods.spot_denoiser import DenoisingNetwork
from graphkit.omics import raw_counts, tissue_adata
from graphkit.tasks import SpatialDenoiser
from graphkit.training.state import RunState

PARAMS = DenoiserParams(steps=4, min_epochs=2, hidden=8, dim=4, members=2, n_neighbors=6)


@pytest.fixture(scope="module")
def tissue():
    return tissue_adata(simulate_tissue(TissueParams(n_spots=60), seed=0))


@pytest.fixture(scope="module")
def model(tissue):
    return SpatialDenoiser(PARAMS).fit(tissue)


def test_predicts_every_gene_from_few(tissue):
    model = SpatialDenoiser(DenoiserParams(steps=2, min_epochs=1, members=1, n_top_genes=5))
    model.fit(tissue)
    assert len(model.inputs_) == 5
    seen = np.asarray(tissue.X.sum(axis=0)).ravel() > 0
    assert model.genes_ == tuple(tissue.var_names[seen])
    counts, table = model.inputs(tissue)
    ((_, found),) = model.apply(counts, table).rates()
    assert found.shape == (60, seen.sum())
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-4)


def test_embedding_smoothing_and_folder(tissue, model, tmp_path):
    latent = model.transform(tissue)
    assert latent.shape == (60, 8)
    counts, table = model.inputs(tissue)
    gate = model.apply(counts, table).smoothing
    assert gate.shape == (60,)
    assert (gate > 0).all()
    assert (gate < 1).all()
    model.save(tmp_path / "denoiser")
    loaded = SpatialDenoiser.load(tmp_path / "denoiser")
    np.testing.assert_allclose(loaded.transform(tissue), latent, atol=1e-6)


def test_other_order_of_genes_and_spots(tissue, model):
    genes = np.random.default_rng(0).permutation(tissue.n_vars)
    spots = np.random.default_rng(1).permutation(tissue.n_obs)
    turned = tissue[spots, genes].copy()
    np.testing.assert_allclose(model.transform(turned), model.transform(tissue)[spots], atol=1e-5)


def test_missing_genes_are_refused(tissue, model):
    with pytest.raises(InputError):
        model.transform(tissue[:, :10].copy())


def test_genes_that_never_occur_are_left_out(tissue):
    counts = sparse.csr_matrix(raw_counts(tissue)).tolil()
    counts[:, 3] = 0
    table = spot_table(tissue.obsm["spatial"], n_neighbors=6)
    model = SpatialDenoiser(PARAMS).fit_counts(sparse.csr_matrix(counts), table)
    seen = np.asarray(counts.sum(axis=0)).ravel() > 0
    assert not seen[3]
    assert model.columns_.tolist() == np.flatnonzero(seen).tolist()
    with pytest.raises(InputError, match="not fitted"):
        model.transform(tissue)  # its genes have no names


def test_each_network_reads_the_spots_once(tissue, model, monkeypatch):
    calls = []
    encode = DenoisingNetwork.encode
    monkeypatch.setattr(
        DenoisingNetwork, "encode", lambda self, x: calls.append(len(x)) or encode(self, x)
    )
    denoised = model.apply(*model.inputs(tissue))
    assert denoised.latent.shape[0] == len(denoised.smoothing)
    assert sum(len(block) for _, block in denoised.rates()) == 60
    assert calls == [60] * PARAMS.members


def test_two_seeds_share_no_network(tissue):
    one, two = (SpatialDenoiser(PARAMS, random_state=seed).fit(tissue).members_ for seed in (0, 1))
    weights = [member.decoder.weight for member in (*one, *two)]
    assert not any(torch.allclose(a, b, atol=1e-3) for a, b in combinations(weights, 2))


def test_unfitted_is_said(tissue, tmp_path):
    with pytest.raises(InputError, match="not fitted"):
        SpatialDenoiser(PARAMS).transform(tissue)
    with pytest.raises(InputError, match="not fitted"):
        SpatialDenoiser(PARAMS).save(tmp_path / "denoiser")


def test_too_few_spots_with_counts(tissue):
    lonely = tissue.copy()
    lonely.X = sparse.csr_matrix(np.eye(1, tissue.n_vars * 60).reshape(60, -1))
    with pytest.raises(InputError, match="fewer than two spots"):
        SpatialDenoiser(PARAMS).fit(lonely)


@pytest.fixture
def folder(model, tmp_path):
    model.save(tmp_path / "denoiser")
    return tmp_path / "denoiser"


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("class", "Other"),
        ("genes", []),
        ("genes", ["a", "b"]),
        ("genes", [1, 2, 3]),
        ("target_sum", 0),
        ("target_sum", "x"),
        ("trained_on", None),
        ("arguments", {}),
        ("arguments", None),
    ],
)
def test_altered_configuration_is_refused(folder, alter, slot, value):
    alter(folder, slot, value=value)
    with pytest.raises(InputError):
        SpatialDenoiser.load(folder)


@pytest.mark.parametrize("name", ["hidden", "members", "dim"])
@pytest.mark.parametrize("value", [9, "4", 10**9, None])
def test_altered_parameters_are_refused_before_memory_is_taken(folder, alter, name, value):
    alter(folder, "params", name, value=value)
    with pytest.raises(InputError):
        SpatialDenoiser.load(folder)


@pytest.mark.parametrize("inputs", [[0, 10**6], [-1, 2], [0], []])
def test_inputs_outside_the_genes_are_refused(tissue, tmp_path, inputs):
    model = SpatialDenoiser(replace(PARAMS, members=1, steps=1, min_epochs=1)).fit(tissue)
    model.inputs_ = np.array(inputs, dtype=np.int64)
    model.save(tmp_path / "denoiser")
    with pytest.raises(InputError):
        SpatialDenoiser.load(tmp_path / "denoiser")


def test_another_tissue_is_denoised_without_training(tissue, model, tmp_path, monkeypatch):
    model.save(tmp_path / "denoiser")
    other = tissue_adata(simulate_tissue(TissueParams(n_spots=70), seed=3))
    turned = other[:, ::-1].copy()
    monkeypatch.setattr("graphkit.tasks.denoise.denoiser.train_network", None)
    for one in (other, turned):
        SpatialDenoiser.load(tmp_path / "denoiser").annotate(one)
    assert other.layers["denoised"].shape == other.shape
    np.testing.assert_allclose(turned.layers["denoised"][:, ::-1], other.layers["denoised"], 1e-3)
    assert other.var["denoise_gain"].notna().any()


def test_a_gain_on_training_counts_is_that_of_a_network_which_has_not_seen_them(
    tissue, model, tmp_path
):
    model.save(tmp_path / "denoiser")
    gains = []
    for one in (model, SpatialDenoiser.load(tmp_path / "denoiser")):
        slide = tissue.copy()
        one.annotate(slide)
        gains.append(slide.var["denoise_gain"])
    slide = tissue.copy()
    denoise(slide, params=PARAMS)
    for gain in gains:
        np.testing.assert_allclose(gain, slide.var["denoise_gain"], rtol=1e-3, atol=1e-4)


def test_names_that_stand_for_several_genes_are_refused_before_the_work(tissue):
    twice = tissue.copy()
    twice.var_names = [f"gene{i // 2}" for i in range(tissue.n_vars)]
    with pytest.raises(InputError, match="var_names_make_unique"):
        SpatialDenoiser(PARAMS).fit(twice)


def test_a_fit_that_was_stopped_goes_on_from_its_last_epoch(tissue, model, tmp_path, monkeypatch):
    epochs = PARAMS.training(tissue.n_obs).epochs
    stopped, saved = SpatialDenoiser(PARAMS, run_dir=tmp_path), []
    write = RunState.write

    def stop_in_the_second_network(self, checkpoint):
        write(self, checkpoint)
        saved.append(self.folder.name)
        if len(saved) == epochs + 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(RunState, "write", stop_in_the_second_network)
    with pytest.raises(KeyboardInterrupt):
        stopped.fit(tissue)
    stopped.fit(tissue)
    assert len(saved) == 2 * epochs
    for one, other in zip(stopped.members_, model.members_, strict=True):
        for name, tensor in one.state_dict().items():
            assert torch.equal(tensor, other.state_dict()[name])


@pytest.mark.parametrize("change", ["counts", "places", "recipe", "seed"])
def test_what_another_fit_left_is_not_taken_up(tissue, tmp_path, change):
    SpatialDenoiser(PARAMS, run_dir=tmp_path).fit(tissue)
    other, params, seed = tissue.copy(), PARAMS, 0
    if change == "counts":
        other.X[0, 0] += 1
    elif change == "places":
        other.obsm["spatial"][0] += 100
    elif change == "recipe":
        params = replace(PARAMS, n_sampled=3)
    else:
        seed = 1
    found = SpatialDenoiser(params, random_state=seed, run_dir=tmp_path).fit(other)
    alone = SpatialDenoiser(params, random_state=seed).fit(other)
    np.testing.assert_array_equal(found.transform(other), alone.transform(other))
    assert len(list(tmp_path.iterdir())) == 4
