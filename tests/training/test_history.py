"""Which epoch is best, and when to stop."""

from __future__ import annotations

import pytest
import torch

from graphkit.training import TrainSettings
from graphkit.training.history import Log


def run(values, *, monitor="val_auroc", validated=True, **settings):
    """Log epochs with these monitored values until the log says stop; weights = epoch number."""
    log = Log(TrainSettings(monitor=monitor, **settings), validated=validated)
    for epoch, value in enumerate(values):
        log.add({monitor: value, "seconds": 0.5}, {"w": torch.tensor(float(epoch))})
        if log.finished:
            break
    return log


def test_the_highest_auroc_is_best_and_the_first_of_equals():
    log = run([0.5, 0.7, 0.7, 0.6])
    assert log.best_epoch == 1
    assert log.best_weights["w"] == 1


def test_the_lowest_loss_is_best():
    assert run([0.5, 0.3, 0.4], monitor="val_loss").best_epoch == 1


def test_patience_counts_epochs_since_the_best():
    log = run([0.5, 0.6, 0.6, 0.5, 0.9], patience=2)
    assert len(log.rows) == 4
    assert log.best_epoch == 1


def test_a_late_improvement_restarts_patience():
    assert len(run([0.5, 0.4, 0.6, 0.5, 0.7], patience=2).rows) == 5


def test_epochs_end_a_training_that_improves():
    log = run([0.1, 0.2, 0.3, 0.4], epochs=3)
    assert len(log.rows) == 3
    assert log.finished


def test_without_validation_the_last_epoch_is_best_and_no_weights_are_copied():
    log = run([0.9, 0.1], validated=False)
    assert log.best_epoch == 1
    assert log.best_weights is None


def test_best_weights_are_a_copy():
    log = Log(TrainSettings(), validated=True)
    weights = {"w": torch.zeros(2)}
    log.add({"val_auroc": 0.5, "seconds": 1.0}, weights)
    weights["w"].fill_(9)
    assert log.best_weights["w"].tolist() == [0, 0]


def test_a_log_survives_its_saved_form():
    log = run([0.5, 0.7, 0.6])
    other = Log(TrainSettings(), validated=True)
    other.load_state_dict(log.state_dict())
    assert other.rows == log.rows
    assert other.best_epoch == log.best_epoch


def test_history_counts_examples_over_training_time():
    history = run([0.5, 0.7]).history(train_size=100)
    assert history.samples_per_second == pytest.approx(200.0)
    assert history.stopped_epoch == 1
    assert history.column("val_auroc") == [0.5, 0.7]
