"""Labels that follow the embedding."""

import pytest
import torch
from sklearn.metrics import adjusted_rand_score

from graphkit.errors import InputError
from graphkit.losses import ClusterInfoNCE, SupervisedContrast
from graphkit.methods.strategies import PseudoLabels, Teacher
from graphkit.training import Guided, fit


def begun(strategy, method, data):
    Guided(method, [strategy]).begin(data)
    return strategy


def found(strategy, y):
    labels = strategy.labels if strategy.labels.dim() == 1 else strategy.labels.argmax(dim=1)
    return adjusted_rand_score(y, labels)


@pytest.mark.parametrize("by", ["k-means", "t-mixture"])
def test_clusters_are_those_of_the_current_embedding(by, points, embedder):
    strategy = begun(PseudoLabels(3, ClusterInfoNCE(), by=by), embedder, points)
    with torch.no_grad():
        embedder.layer.weight.copy_(torch.eye(4, 6))
        embedder.layer.bias.zero_()
    strategy.refresh(embedder, 1)
    assert found(strategy, points.y) > 0.9
    with torch.no_grad():
        embedder.layer.weight.copy_(torch.eye(4, 6).flip(1))  # reads what says nothing of groups
    strategy.refresh(embedder, 3)
    assert found(strategy, points.y) < 0.5


def test_they_are_renewed_when_it_is_time_and_not_before(points, embedder):
    strategy = begun(PseudoLabels(3, SupervisedContrast(), start=2, every=3), embedder, points)
    rows, changed = list(range(6)), []
    for epoch in range(7):
        before = strategy.labels.clone()
        with torch.no_grad():
            embedder.layer.weight.normal_()
        strategy.refresh(embedder, epoch)
        changed.append(not torch.equal(before, strategy.labels))
        assert bool(strategy.terms(embedder, points[rows], torch.tensor(rows))) == (epoch >= 2)
    assert changed == [False, False, True, False, False, True, False]


def test_a_teacher_is_asked_in_the_students_place(points, embedder):
    teacher = Teacher()
    strategy = PseudoLabels(3, SupervisedContrast(), teacher=teacher)
    with torch.no_grad():
        embedder.layer.weight.copy_(torch.eye(4, 6))
    Guided(embedder, [teacher, strategy]).begin(points)
    with torch.no_grad():
        embedder.layer.weight.zero_()
    strategy.refresh(embedder, 1)
    assert found(strategy, points.y) > 0.9


def test_a_teacher_that_takes_no_part_is_refused(points, embedder):
    strategy = begun(PseudoLabels(3, SupervisedContrast(), teacher=Teacher()), embedder, points)
    with pytest.raises(InputError, match="no student"):
        strategy.refresh(embedder, 1)


@pytest.mark.parametrize("parts", [{"n_clusters": 1}, {"by": "leiden"}, {"every": 0}])
def test_what_makes_no_sense_is_refused(parts):
    with pytest.raises(InputError):
        PseudoLabels(**{"n_clusters": 3, "loss": SupervisedContrast()} | parts)


def test_more_clusters_than_examples_are_refused(points, embedder):
    with pytest.raises(InputError, match="61 for 60"):
        begun(PseudoLabels(61, SupervisedContrast()), embedder, points)


@pytest.mark.usefixtures("one_thread")
def test_a_killed_training_ends_in_the_same_bits(points, embedder, settings, tmp_path):
    def strategies(stop=None):
        class Stops(PseudoLabels):
            def refresh(self, method, epoch):
                if epoch == stop:
                    raise KeyboardInterrupt
                super().refresh(method, epoch)

        Stops.__qualname__ = PseudoLabels.__qualname__
        teacher = Teacher(decay=0.5)
        return [teacher, Stops(3, SupervisedContrast(), every=2, teacher=teacher)]

    start = {name: value.clone() for name, value in embedder.state_dict().items()}
    fit(embedder, points, settings=settings, strategies=strategies(), seed=0)
    whole = {name: value.clone() for name, value in embedder.state_dict().items()}
    embedder.load_state_dict(start)
    how = {"settings": settings, "seed": 0, "run_dir": tmp_path}
    with pytest.raises(KeyboardInterrupt):
        fit(embedder, points, strategies=strategies(stop=2), **how)
    embedder.load_state_dict(start)
    fit(embedder, points, strategies=strategies(), resume=True, **how)
    for name, value in embedder.state_dict().items():
        torch.testing.assert_close(value, whole[name], atol=0, rtol=0)
