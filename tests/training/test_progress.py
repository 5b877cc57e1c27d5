"""One line on stderr, from the first step to the last or to the error."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from graphkit.training import fit
from graphkit.training.progress import ProgressLine

TRAINER = SimpleNamespace(max_epochs=4, num_training_batches=5, global_step=10)


def module(*rows):
    return SimpleNamespace(record=SimpleNamespace(rows=list(rows)))


@pytest.mark.usefixtures("one_thread")
def test_progress_goes_to_stderr_and_changes_nothing(toy, capfd):
    data, settings = (toy.Points(50, seed=0), toy.Points(20, seed=1)), toy.SETTINGS
    shown, silent = toy.Net(), toy.Net()
    fit(shown, *data, settings=settings, progress=True, name="fold 3")
    out, err = capfd.readouterr()
    assert out == ""
    assert "fold 3" in err
    assert f"epoch {settings.epochs}/{settings.epochs}" in err
    assert "val_auroc" in err
    fit(silent, *data, settings=settings)
    weights = zip(shown.parameters(), silent.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in weights)


def test_a_resumed_training_goes_on_where_it_was(capfd):
    line = ProgressLine("fold 2")
    line.on_train_start(TRAINER, None)
    assert (line.line.initial, line.line.n, line.line.total) == (10, 10, 20)
    line.on_train_batch_end()
    assert line.line.n == 11
    line.on_train_end(TRAINER, module())
    assert "fold 2" in capfd.readouterr().err


def test_the_last_row_is_shown_with_what_it_has(capfd):
    line = ProgressLine("")
    line.on_train_start(TRAINER, None)
    line.on_train_epoch_start(TRAINER, module({"train_loss": 9.0}, {"train_loss": 0.25, "lr": 1}))
    assert line.line.postfix == "epoch 2/4 train_loss 0.250"
    line.on_train_end(TRAINER, module({"train_loss": 0.5, "val_auroc": 0.75}))
    assert "epoch 1/4 train_loss 0.500 val_auroc 0.750" in capfd.readouterr().err


def test_an_error_before_the_first_step_has_no_line_to_close():
    ProgressLine("").on_exception()


def test_an_error_begins_on_a_line_of_its_own(toy, capfd):
    class Failing(toy.Net):
        def step(self, batch):
            raise KeyError("mine")

    settings = replace(toy.SETTINGS, epochs=1)
    with pytest.raises(KeyError, match="mine"):
        fit(Failing(), toy.Points(8, seed=0), settings=settings, progress=True)
    assert capfd.readouterr().err.endswith("\n")
