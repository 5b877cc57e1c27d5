"""Fitting: one member per fold, nothing seen twice."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graphkit.datasets import SimulationParams, simulate_transcripts
from graphkit.errors import InputError
from graphkit.methods import LncLoc, LncLocParams, SGCLLncLoc, SGCLLncLocParams
from graphkit.sequences import DomainOfUse, encode
from graphkit.tasks.localize.ensemble import Ensemble
from graphkit.tasks.localize.fitting import fit_members
from graphkit.training import TrainSettings
from graphkit.types import Record

PARAMS = SGCLLncLocParams(k=2, embedding_dim=4, hidden=4)


def fit_small(records: list[Record], labels: list[str], **changes: Any) -> Ensemble:
    options = {"folds": 2, "seed": 0, "settings": TrainSettings(epochs=1), **changes}
    return fit_members(SGCLLncLoc, PARAMS, records, labels, **options)


@pytest.fixture(scope="module")
def labelled() -> tuple[list[Record], list[str]]:
    simulated = simulate_transcripts(seed=3)[:24]
    return [s.record for s in simulated], [s.label for s in simulated]


def test_what_is_fitted_beforehand_sees_the_training_part_only(
    labelled: tuple[list[Record], list[str]],
) -> None:
    seen: list[list[np.ndarray]] = []

    class Spy(SGCLLncLoc):
        @classmethod
        def fresh(cls, classes: Any, params: Any, codes: Any, **known: Any) -> Any:
            seen.append(codes)
            return super().fresh(classes, params, codes, **known)

    settings = TrainSettings(epochs=1)
    fit_members(Spy, PARAMS, *labelled, folds=3, seed=0, settings=settings)
    assert [len(codes) for codes in seen] == [16, 16, 16]
    every = [{c.tobytes() for c in codes} for codes in seen]
    assert not set.intersection(*every)


def test_sources_are_spread_and_checked(labelled: tuple[list[Record], list[str]]) -> None:
    sources = [i % 2 for i in range(24)]
    params = LncLocParams(sources=2)
    settings = TrainSettings(epochs=1, batch_size=8)
    fitted = fit_members(
        LncLoc, params, *labelled, sources=sources, folds=2, seed=0, settings=settings
    )
    assert fitted.held_out.shape == (24, 2)
    assert np.isfinite(fitted.held_out).all()
    assert fitted.members[0].prior.tolist() == pytest.approx([0.5, 0.5], abs=0.2)
    with pytest.raises(InputError, match="3 sources for 24 records"):
        fit_small(*labelled, sources=[0, 1, 0])


def test_members_differ_and_are_ready_to_predict(labelled: tuple[list[Record], list[str]]) -> None:
    fitted = fit_small(*labelled)
    first, second = (m.classifier.linear.weight for m in fitted.members)
    assert not first.equal(second)
    assert not any(member.training for member in fitted.members)
    assert 0 < fitted.temperature < np.inf


def test_two_seeds_share_no_network_and_no_draw(
    labelled: tuple[list[Record], list[str]],
) -> None:
    drawn: list[int] = []

    class Spy(SGCLLncLoc):
        @classmethod
        def training_inputs(cls, codes: Any, params: Any, *, seed: int, **known: Any) -> Any:
            drawn.append(seed)
            return super().training_inputs(codes, params, seed=seed, **known)

    settings = TrainSettings(epochs=1)
    networks = [
        member
        for seed in (0, 1)
        for member in fit_members(
            Spy, PARAMS, *labelled, folds=3, seed=seed, settings=settings
        ).members
    ]
    heads = {member.classifier.linear.weight.detach().numpy().tobytes() for member in networks}
    assert len(heads) == len(set(drawn)) == 6


def test_state_of_each_fold_has_its_folder(
    labelled: tuple[list[Record], list[str]], tmp_path: Path
) -> None:
    fit_small(*labelled, run_dir=tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["fold0", "fold1"]


@pytest.mark.usefixtures("one_thread")
def test_a_finished_training_resumes_to_the_same_weights(
    labelled: tuple[list[Record], list[str]], tmp_path: Path
) -> None:
    first = fit_small(*labelled, run_dir=tmp_path)
    again = fit_small(*labelled, run_dir=tmp_path, resume=True)
    for a, b in zip(first.members, again.members, strict=True):
        assert all(a.state_dict()[name].equal(b.state_dict()[name]) for name in a.state_dict())


def test_too_few_dissimilar_records_are_named(labelled: tuple[list[Record], list[str]]) -> None:
    copies = [labelled[0][0]] * 6 + labelled[0][1:5]
    with pytest.raises(InputError, match="too few records"):
        fit_small(copies, ["A"] * 6 + ["B"] * 4)


def test_the_domain_of_use_is_that_of_all_records() -> None:
    params = SimulationParams(n_transcripts=100, length=(200, 400))
    simulated = simulate_transcripts(params, seed=3)
    records, labels = [s.record for s in simulated], [s.label for s in simulated]
    codes = [encode(record.sequence) for record in records]
    assert all(len(one) >= 200 for one in codes)
    fitted = fit_small(records, labels).domain
    expected = DomainOfUse.fit(codes)
    assert fitted is not None
    for name, values in expected.arrays().items():
        np.testing.assert_array_equal(fitted.arrays()[name], values)
    assert fit_small(records[1:], labels[1:]).domain is None
