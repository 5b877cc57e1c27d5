"""Batches hold every class, by draws that depend on seed, epoch and batch alone."""

import numpy as np
import pytest
import torch

from graphkit.training import PerClass, fit

LABELS = np.array([0] * 40 + [1] * 8 + [2] * 2 + [-1] * 10)


def batches(toy, **parts):
    return PerClass(toy.Points(60, seed=0), LABELS, **parts)


def test_rare_classes_come_as_often_as_large_ones_and_unlabelled_items_never(toy):
    data = batches(toy, m=4)
    for size, times in ((12, 1), (24, 2), (3, 1)):
        found = np.bincount(LABELS[data[list(range(size))].items], minlength=3)
        assert found.tolist() == [4 * times] * 3


def test_rows_and_numbers_are_those_of_the_same_items(toy):
    batch = batches(toy)[[0, 1]]
    torch.testing.assert_close(batch.batch.x, toy.Points(60, seed=0).x[batch.items])


def test_draws_depend_on_seed_and_epoch_alone_and_move_no_other_generator(toy):
    def draw(seed, epoch):
        data = batches(toy, seed=seed)
        data.set_epoch(epoch)
        return tuple(data[[5, 6]].items.tolist())

    before = np.random.get_state()[1].copy()  # noqa: NPY002 - the one that nothing may move
    assert draw(0, 1) == draw(0, 1)
    assert len({draw(seed, epoch) for seed in (0, 1) for epoch in (0, 1)}) == 4
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("labels", [np.zeros(60, dtype=int), np.arange(60)])
def test_one_class_or_classes_of_one_item(toy, labels):
    batch = PerClass(toy.Points(60, seed=0), labels, m=2)[[0, 1, 2, 3]]
    assert set(np.bincount(labels[batch.items])) <= {2, 4}


def test_a_method_is_trained_on_it_as_on_any_data(toy):
    history = fit(toy.Net(), batches(toy), settings=toy.SETTINGS, seed=0)
    assert len(history.epochs) == toy.SETTINGS.epochs
