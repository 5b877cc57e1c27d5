"""What a fit does to a method, to its data and to the rest of the process."""

from __future__ import annotations

import logging
import math
import signal
import warnings
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from graphkit.errors import InputError
from graphkit.training import fit
from graphkit.training.metrics import cross_entropy, macro_auroc


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


def test_optional_hooks_are_called_once_per_epoch(toy, settings, data):
    net = toy.Net()
    fit(net, *data, settings=settings)
    assert net.refreshed == data[0].epochs == list(range(settings.epochs))
    assert data[1].epochs == []


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


def test_history_holds_the_terms_and_scores_of_each_epoch(toy, settings, data):
    history = fit(toy.Net(), *data, settings=settings)
    assert [row["epoch"] for row in history.epochs] == list(range(settings.epochs))
    for row in history.epochs:
        assert row["lr"] == settings.lr_at(row["epoch"])
        assert row["train_loss"] == pytest.approx(row["train_entropy"] + row["train_size"])
        assert row["seconds"] > 0
        assert row["val_seconds"] > 0
    assert history.samples_per_second > 0


def test_terms_are_averaged_over_examples_not_batches(toy, settings):
    class Sizes(toy.Net):
        def step(self, batch):
            # 8 examples at 8 and 2 at 2: 6.8 per example, 5 per batch.
            return {"n": float(len(batch.y)) + 0 * super().step(batch)["entropy"]}

    history = fit(Sizes(), toy.Points(10, seed=0), settings=replace(settings, epochs=1))
    assert history.epochs[0]["train_n"] == pytest.approx(6.8)


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


def test_progress_goes_to_stderr_and_changes_nothing(toy, settings, data, capfd):
    shown, silent = toy.Net(), toy.Net()
    fit(shown, *data, settings=settings, progress=True, name="fold 3")
    out, err = capfd.readouterr()
    assert out == ""
    assert "fold 3" in err
    assert f"epoch {settings.epochs}/{settings.epochs}" in err
    assert "val_auroc" in err
    fit(silent, *data, settings=settings)
    assert same(weights(shown), weights(silent))


def test_validation_leaves_no_gradients_and_no_graph(toy, settings, data):
    seen = []

    class Watcher(toy.Net):
        def logits(self, batch):
            seen.append((torch.is_grad_enabled(), torch.is_inference_mode_enabled(), self.training))
            return super().logits(batch)

    fit(Watcher(), *data, settings=replace(settings, epochs=1))
    assert set(seen) == {(False, False, False)}
    assert len(seen) == math.ceil(20 / settings.batch_size)


def test_frozen_parameters_stay(toy, settings, data):
    net = toy.Net()
    net.layers[0].weight.requires_grad_(False)
    before = weights(net)
    fit(net, *data, settings=replace(settings, weight_decay=0.1))
    assert torch.equal(net.layers[0].weight, before["layers.0.weight"])
    assert not torch.equal(net.layers[4].weight, before["layers.4.weight"])


def test_bf16_trains(toy, settings, data):
    history = fit(toy.Net(), *data, settings=replace(settings, precision="bf16-mixed", epochs=1))
    assert math.isfinite(history.epochs[0]["train_loss"])


def test_a_loss_that_is_not_finite_is_an_error_that_says_what_to_do(toy, settings, data):
    class Diverging(toy.Net):
        def step(self, batch):
            return {name: term * math.nan for name, term in super().step(batch).items()}

    net = Diverging()
    with pytest.raises(InputError, match=r"train_loss became nan in epoch 0.*Lower it") as caught:
        fit(net, *data, settings=settings)
    assert caught.value.slot == "settings.lr"
    assert not net.training


def test_one_class_in_validation_is_an_error_where_it_would_choose(toy, settings, data):
    train, validation = data
    validation.y.zero_()
    with pytest.raises(InputError, match="one class only") as caught:
        fit(toy.Net(), train, validation, settings=settings)
    assert "val_loss" in caught.value.remedy
    history = fit(toy.Net(), train, validation, settings=replace(settings, monitor="val_loss"))
    assert math.isnan(history.epochs[0]["val_auroc"])


def test_bad_arguments_are_named(toy, settings, data):
    train, validation = data
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
    with pytest.raises(TypeError, match="step and logits"):
        fit(torch.nn.Linear(2, 2), train, validation, settings=settings)


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

    with pytest.raises(SystemExit) as caught:
        fit(Terminated(), *data, settings=settings)
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
