"""What a fit does to a method, to its data and to the rest of the process."""

from __future__ import annotations

import json
import logging
import math
import signal
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from graphkit.errors import InputError
from graphkit.training import fit
from graphkit.training.metrics import cross_entropy, macro_auroc

# Trainings are compared bit for bit.
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def settings(toy):
    return toy.SETTINGS


@pytest.fixture
def data(toy):
    return toy.Points(50, seed=0), toy.Points(20, seed=1)


def weights(net):
    return {name: value.clone() for name, value in net.state_dict().items()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def test_a_fit_learns(toy):
    net = toy.Net(3)
    train, validation = (toy.Points(150, seed=seed, classes=3, shift=4.0) for seed in (0, 1))
    history = fit(net, train, validation, settings=replace(toy.SETTINGS, epochs=10))
    assert history.epochs[history.best_epoch]["val_auroc"] > 0.9
    assert history.column("val_loss")[-1] < history.column("val_loss")[0] - 0.2


def test_every_example_is_trained_on_once_per_epoch_in_a_new_order(toy, settings, data):
    train, _ = data
    fit(toy.Net(), train, settings=settings)
    steps = math.ceil(50 / 8)
    epochs = [train.asked[i : i + steps] for i in range(0, len(train.asked), steps)]
    orders = [tuple(index for batch in epoch for index in batch) for epoch in epochs]
    assert len(orders) == settings.epochs
    assert all(sorted(order) == list(range(50)) for order in orders)
    assert len(set(orders)) == settings.epochs


def test_optional_hooks_may_be_missing(toy, settings, data):
    class Plain(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 2)

        def step(self, batch):
            return {"entropy": functional.cross_entropy(self.layer(batch.x), batch.y)}

        def logits(self, batch):
            return self.layer(batch.x)

    class List:
        def __len__(self):
            return 10

        def __getitem__(self, indices):
            return data[0][indices]

    assert len(fit(Plain(), List(), settings=settings).epochs) == settings.epochs


def test_the_best_weights_are_left_in_the_method_and_score_what_history_says(toy, settings, data):
    net = toy.Net()
    history = fit(net, *data, settings=replace(settings, lr=0.3, decay=0.0, warmup_epochs=0))
    scores = history.column("val_auroc")
    assert history.best_epoch == scores.index(max(scores)) < history.stopped_epoch
    validation = data[1]
    assert not net.training
    with torch.no_grad():
        logits = net.logits(validation[list(range(20))]).numpy()
    best = history.epochs[history.best_epoch]
    assert macro_auroc(logits, validation.y.numpy()) == pytest.approx(best["val_auroc"])
    assert cross_entropy(logits, validation.y.numpy()) == pytest.approx(best["val_loss"], rel=1e-5)


def test_without_restore_best_the_last_weights_are_left(toy, settings, data):
    chosen = replace(settings, lr=0.3, decay=0.0, warmup_epochs=0)
    net, last = toy.Net(), toy.Net()
    history = fit(net, *data, settings=chosen)
    assert history.best_epoch < history.stopped_epoch
    fit(last, *data, settings=replace(chosen, restore_best=False))
    alone = toy.Net()
    fit(alone, data[0], settings=chosen)
    assert not same(weights(net), weights(last))
    assert same(weights(alone), weights(last))


def test_patience_ends_a_fit_early(toy, settings, data):
    class Flat(toy.Net):
        def logits(self, batch):
            return super().logits(batch) * 0

    history = fit(Flat(), *data, settings=replace(settings, patience=2))
    assert (history.best_epoch, history.stopped_epoch) == (0, 2)


def test_the_seed_decides_everything_and_nothing_else_does(toy, settings, data):
    def trained(seed, disturbance):
        torch.manual_seed(disturbance)
        net = toy.Net()
        fit(net, *data, settings=settings, seed=seed)
        return weights(net)

    assert same(trained(0, 1), trained(0, 2))
    assert not same(trained(0, 1), trained(1, 1))


def test_eval_mode_before_a_fit_does_not_switch_dropout_off(toy, settings, data):
    one, other = toy.Net(), toy.Net().eval()
    fit(one, *data, settings=settings)
    fit(other, *data, settings=settings)
    assert same(weights(one), weights(other))


def test_the_callers_state_is_given_back(toy, settings, data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    state = torch.random.get_rng_state()
    before = torch.get_num_threads()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    level = logging.getLogger("lightning.pytorch").level
    with torch.no_grad():
        fit(toy.Net(), *data, settings=replace(settings, threads=before + 1, epochs=1))
        assert not torch.is_grad_enabled()
    assert torch.get_num_threads() == before
    assert torch.equal(torch.random.get_rng_state(), state)
    assert handlers == {number: signal.getsignal(number) for number in handlers}
    assert logging.getLogger("lightning.pytorch").level == level
    assert list(tmp_path.iterdir()) == []


def test_a_fit_is_silent(toy, settings, data, capfd):
    fit(toy.Net(), *data, settings=settings)
    assert capfd.readouterr() == ("", "")


def test_a_warning_of_the_method_is_not_swallowed(toy, settings, data):
    class Warner(toy.Net):
        def refresh(self, epoch):
            super().refresh(epoch)
            warnings.warn("look here", UserWarning, stacklevel=1)

    with pytest.warns(UserWarning, match="look here"):
        fit(Warner(), *data, settings=replace(settings, epochs=1))


def test_validation_leaves_no_gradients_and_no_graph(toy, settings, data):
    seen = []

    class Watcher(toy.Net):
        def logits(self, batch):
            seen.append((torch.is_grad_enabled(), torch.is_inference_mode_enabled(), self.training))
            return super().logits(batch)

    fit(Watcher(), *data, settings=replace(settings, epochs=1))
    assert set(seen) == {(False, False, False)}
    assert len(seen) == math.ceil(20 / settings.batch_size)


def test_bf16_trains(toy, settings, data):
    history = fit(toy.Net(), *data, settings=replace(settings, precision="bf16-mixed", epochs=1))
    assert math.isfinite(history.epochs[0]["train_loss"])


def test_bad_arguments_are_named(toy, settings, data):
    train, _ = data
    empty = toy.Points(0, seed=0)
    net = toy.Net()
    for slot, arguments, changes in [
        ("train", {"train": empty}, {}),
        ("validation", {"train": train, "validation": empty}, {}),
        ("settings.patience", {"train": train}, {"patience": 3}),
        ("settings.precision", {"train": train}, {"precision": "16-mixed", "device": "cpu"}),
        ("seed", {"train": train, "seed": -1}, {}),
        ("run_dir", {"train": train, "resume": True}, {}),
        ("device", {"train": train}, {"device": "cuda:99"}),
    ]:
        with pytest.raises(InputError) as caught:
            fit(net, settings=replace(settings, **changes), **arguments)
        assert caught.value.slot == slot


def test_ctrl_c_arrives_as_keyboard_interrupt_and_keeps_its_handler(toy, settings, data):
    class Interrupted(toy.Net):
        def step(self, batch):
            raise KeyboardInterrupt

    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        fit(Interrupted(), *data, settings=settings)
    assert signal.getsignal(signal.SIGINT) is handler


def test_sigterm_ends_a_fit_with_its_status(toy, settings, data):
    class Terminated(toy.Net):
        def step(self, batch):
            signal.raise_signal(signal.SIGTERM)
            return super().step(batch)

    # Ray, in tests before this one, leaves a handler of its own, which leaves with another status.
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with pytest.raises(SystemExit) as caught:
            fit(Terminated(), *data, settings=settings)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert caught.value.code == 128 + signal.SIGTERM


def test_job_scheduler_variables_are_not_taken_for_a_launch(toy, settings, data, monkeypatch):
    for name, value in {
        "SLURM_NTASKS": "4",
        "SLURM_JOB_NAME": "train",
        "SLURM_PROCID": "1",
        "SLURM_LOCALID": "1",
        "SLURM_NODELIST": "n1",
        "SLURM_JOB_ID": "7",
    }.items():
        monkeypatch.setenv(name, value)
    assert len(fit(toy.Net(), *data, settings=settings).epochs) == settings.epochs


@pytest.mark.gpu
def test_cuda_agrees_with_the_cpu_and_the_method_comes_home(toy, settings):
    class Plain(toy.Net):
        def step(self, batch):
            return {"entropy": functional.cross_entropy(self.layers[-1](batch.x @ self.w), batch.y)}

        def logits(self, batch):
            return self.layers[-1](batch.x @ self.w)

        @property
        def w(self):
            return self.layers[0].weight.T

    nets = {}
    for device in ("cpu", "cuda"):
        net = nets[device] = Plain()
        train, validation = toy.Points(50, seed=0), toy.Points(20, seed=1)
        fit(net, train, validation, settings=replace(settings, device=device))
        assert next(net.parameters()).device.type == "cpu"
    for one, other in zip(nets["cpu"].parameters(), nets["cuda"].parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def shared_by_two(*arguments):
    program = Path(__file__).with_name("parallel.py")
    result = subprocess.run([sys.executable, program, *arguments], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_two_processes_end_where_one_does():
    told = shared_by_two("float64")
    assert told["moved"] > 0.01
    assert told["weights"] < 1e-9
    assert told["losses"] < 1e-6  # which are kept in single precision


@pytest.mark.slow
def test_in_single_precision_they_end_nearly_where_one_does():
    told = shared_by_two("float32")
    assert told["moved"] > 0.01
    assert told["weights"] < 1e-4


@pytest.mark.slow
def test_a_training_one_of_whose_processes_was_killed_goes_on():
    told = shared_by_two("float64", "kill")
    assert "settings.devices: a process of the training ended" in told["error"]
    assert "SIGKILL" in told["error"]
    assert told["resumed"]


def test_several_devices_have_no_number(toy, settings, data, monkeypatch):
    monkeypatch.setattr("graphkit.training.trainer.choose_device", lambda name: torch.device("mps"))
    with pytest.raises(InputError, match="2 devices, but mps is one"):
        fit(toy.Net(), *data, settings=replace(settings, devices=2))
