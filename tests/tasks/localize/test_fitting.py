"""Fitting: one member per fold, nothing seen twice."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional
from torch_geometric.data import Data
from torch_geometric.nn import global_mean_pool

from graphkit.builders import SequenceBuilder
from graphkit.datasets import SimulationParams, simulate_transcripts
from graphkit.errors import InputError
from graphkit.methods import (
    LncLocValue,
    LncLocValueParams,
    SequenceMethod,
    SGCLLncLoc,
    SGCLLncLocParams,
)
from graphkit.sequences import DomainOfUse, encode
from graphkit.tasks.localize.ensemble import Ensemble
from graphkit.tasks.localize.fitting import Course, fit_classes, fit_values
from graphkit.training import TrainSettings
from graphkit.types import Record

PARAMS = SGCLLncLocParams(k=2, embedding_dim=4, hidden=4)


def course(method: Any = SGCLLncLoc, params: Any = PARAMS, **changes: Any) -> Course:
    options = {"members": 2, "seed": 0, "settings": TrainSettings(epochs=1), **changes}
    return Course(method=method, params=params, **options)


def fit_small(records: list[Record], labels: list[str], **changes: Any) -> Ensemble:
    return fit_classes(course(**changes), records, labels)


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

    fit_classes(course(Spy, members=3), *labelled)
    assert [len(codes) for codes in seen] == [16, 16, 16]
    every = [{c.tobytes() for c in codes} for codes in seen]
    assert not set.intersection(*every)


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

    networks = [
        member
        for seed in (0, 1)
        for member in fit_classes(course(Spy, members=3, seed=seed), *labelled).members
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


@pytest.fixture(scope="module")
def measured() -> tuple[list[Record], np.ndarray, list[str]]:
    """Ninety records whose GC content is measured in two lines, the second half a unit higher."""
    generator = np.random.default_rng(0)
    gc = generator.uniform(0.3, 0.7, 90)
    records = [
        Record(f"r{i}", "".join(generator.choice([*"ACGU"], 260, p=[h, g / 2, g / 2, h])))
        for i, g in enumerate(gc)
        for h in [(1 - g) / 2]
    ]
    values = 10 * (gc - 0.5)[:, None] + np.array([-0.25, 0.25])
    values[::3, 0] = np.nan
    return records, values, np.where(gc > 0.5, "in", "out").tolist()


SMALL = LncLocValueParams(five_prime=(), three_prime=(), width=8, hidden=8)
QUICK = TrainSettings(epochs=30, batch_size=16, lr=0.01, restore_best=False)


def values_course(**changes: Any) -> Course:
    return course(LncLocValue, SMALL, settings=QUICK, **changes)


def test_values_are_learned_with_what_each_line_adds(measured: Any) -> None:
    records, values, labels = measured
    fitted = fit_values(
        values_course(), records, values, name="gc", lines=("a", "b"), labels=labels
    )
    assert fitted.classes == ("in", "out")
    quantity = fitted.quantity
    assert quantity is not None
    assert quantity.effects.offsets == pytest.approx((-0.25, 0.25))
    assert -1 < quantity.threshold < 1
    location = np.array(fitted.held_out)[:, 0]
    assert np.corrcoef(location, values[:, 1])[0, 1] > 0.8
    inside = quantity.interval.covers(
        values[:, 1] - 0.25, location=location, scale=np.array(fitted.held_out)[:, 1]
    )
    assert 0.7 < inside.mean() < 0.9
    assert fitted.params.lines == ("a", "b")


def test_line_effects_are_those_of_the_training_part(measured: Any) -> None:
    records, values, _ = measured
    taught: list[np.ndarray] = []

    class Spy(LncLocValue):
        @classmethod
        def fresh(cls, classes: Any, params: Any, codes: Any, *, y: Any, seed: int) -> Any:
            taught.append(np.asarray(y))
            return super().fresh(classes, params, codes, y=y, seed=seed)

    skewed = values.copy()
    skewed[1, 1] += 50
    quick = course(Spy, SMALL, settings=TrainSettings(epochs=1, restore_best=False))
    fit_values(quick, records, skewed, name="gc", lines=("a", "b"))
    # One wild gene moves the offsets of the fold that trains on it, and of no other.
    away = sorted(float(np.nanmedian(y[:, 4])) for y in taught)
    assert away[1] - away[0] > 0.5 or taught[0][:, 0].std() != taught[1][:, 0].std()
    assert sum(bool((y[:, 0] > 20).any()) for y in taught) == 1


def test_records_of_one_group_stay_together(measured: Any) -> None:
    records, values, _ = measured
    groups = [i // 30 for i in range(90)]
    taught: list[set[int]] = []
    where = {encode(record.sequence).tobytes(): i // 30 for i, record in enumerate(records)}

    class Spy(LncLocValue):
        @classmethod
        def fresh(cls, classes: Any, params: Any, codes: Any, **known: Any) -> Any:
            taught.append({where[one.tobytes()] for one in codes})
            return super().fresh(classes, params, codes, **known)

    quick = course(Spy, SMALL, settings=TrainSettings(epochs=1, restore_best=False))
    fit_values(quick, records, values[:, 1:], name="gc", lines=("b",), groups=groups)
    assert set.intersection(*taught) == set()


def test_a_class_alone_is_enough_and_nothing_is_not(measured: Any) -> None:
    records, values, labels = measured
    quick = values_course()
    unknown = values.copy()
    unknown[:5] = np.nan
    fitted = fit_values(quick, records, unknown, name="gc", lines=("a", "b"), labels=labels)
    assert fitted.known is not None
    assert fitted.known.measured[:6, 2].tolist() == [0, 0, 0, 0, 0, 2]
    with pytest.raises(InputError, match="r0: has neither value nor label"):
        fit_values(quick, records, unknown, name="gc", lines=("a", "b"))
    with pytest.raises(InputError, match="1 classes with measured records"):
        fit_values(quick, records, values, name="gc", lines=("a", "b"), labels=["in"] * 90)
    with pytest.raises(InputError, match="90 records but 3 values"):
        fit_values(quick, records, values[:3], name="gc", lines=("a", "b"))


def test_without_labels_the_median_parts_low_from_high(measured: Any) -> None:
    records, values, _ = measured
    fitted = fit_values(values_course(), records, values[:, 1:], name="gc", lines=("b",))
    assert fitted.classes == ("high", "low")
    assert fitted.params.lines == ()
    assert fitted.known is not None
    assert (fitted.known.labels == (values[:, 1] < np.median(values[:, 1]))).all()


@dataclass(frozen=True)
class Letters(SequenceBuilder):
    """Every letter a node, bound to the next."""

    def build(self, item: Any) -> Data:
        at = torch.arange(len(item) - 1)
        x = functional.one_hot(torch.from_numpy(item.astype(np.int64)), 5).float()
        return Data(x=x, edge_index=torch.stack([at, at + 1]), num_nodes=len(item))


class LettersNet(SequenceMethod):
    """A method of one's own with a graph of its own, and without k-mers."""

    name, Params, recipe = "letters", SimpleNamespace, TrainSettings(epochs=1)

    def __init__(self, classes: tuple[str, ...], params: Any = None) -> None:
        super().__init__(classes, params)
        self.line = torch.nn.Linear(5, len(classes))

    @classmethod
    def builder(cls, params: Any) -> Letters:
        return Letters()

    def logits(self, data: Any, *args: Any, **inputs: Any) -> torch.Tensor:
        return self.line(global_mean_pool(data.x, data.batch))

    def step(self, batch: Any) -> dict[str, torch.Tensor]:
        return {"cross_entropy": functional.cross_entropy(self.logits(batch), batch.y)}


def test_a_method_without_k_mers_needs_no_k(labelled: tuple[list[Record], list[str]]) -> None:
    ensemble = fit_classes(course(LettersNet, SimpleNamespace()), *labelled)
    assert ensemble.k == 1
