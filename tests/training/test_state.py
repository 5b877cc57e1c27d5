"""Killed trainings go on and end in the same bits; states of another training are refused."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch

from graphkit.errors import InputError
from graphkit.training import fit, load_model
from graphkit.training import state as state_module
from graphkit.training.state import RunState

# Trainings are compared bit for bit.
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def data(toy):
    return toy.Points(50, seed=0), toy.Points(20, seed=1)


@pytest.fixture
def train(toy, data, tmp_path):
    """Train in ``tmp_path / "run"``; returns the history and the weights."""

    def run(*, seed=3, resume=True, net=None, run_dir=tmp_path / "run", **changes):
        net = net or toy.Net()
        settings = replace(toy.SETTINGS, **changes)
        history = fit(net, *data, settings=settings, seed=seed, run_dir=run_dir, resume=resume)
        return history, net.state_dict()

    return run


@pytest.fixture
def whole(toy):
    """History and weights of the training that nothing disturbed."""
    net = toy.Net()
    data = toy.Points(50, seed=0), toy.Points(20, seed=1)
    return fit(net, *data, settings=toy.SETTINGS, seed=3), net.state_dict()


@pytest.fixture
def saved(interrupted, tmp_path):
    """The state of the interrupted training, not yet read."""
    header = json.loads((tmp_path / "run" / "state.ckpt").read_bytes().split(b"\n")[0])
    return RunState(tmp_path / "run", header["fingerprint"])


@pytest.fixture
def interrupted(toy, train):
    """Leave the state of a training that was stopped in its fifth epoch."""

    class Stopped(toy.Net):
        def refresh(self, epoch):
            super().refresh(epoch)
            if epoch == 4:
                raise KeyboardInterrupt

    Stopped.__qualname__ = toy.Net.__qualname__
    with pytest.raises(KeyboardInterrupt):
        train(net=Stopped())


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def values(history):
    """Return the history without its times."""
    timed = ("seconds", "val_seconds")
    return [{k: v for k, v in row.items() if k not in timed} for row in history.epochs]


def start_toy(toy, *arguments):
    command = [sys.executable, toy.__file__, *map(str, arguments)]
    return subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})


def wait_for(condition, process):
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_training_killed_in_mid_epoch_ends_in_the_same_bits(toy, train, whole, tmp_path):
    run, model = tmp_path / "run", tmp_path / "model"
    process = start_toy(toy, run, model, 3)
    wait_for((run / "hanging").exists, process)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert not model.exists()
    net = toy.Net()
    history, resumed = train(net=net)
    assert net.refreshed == [3, 4, 5]
    assert same(resumed, whole[1])
    assert values(history) == values(whole[0])
    assert history.best_epoch == whole[0].best_epoch


@pytest.mark.slow
def test_kills_at_any_moment_change_nothing(toy, whole, tmp_path):
    run, model = tmp_path / "run", tmp_path / "model"
    generator = random.Random(0)  # noqa: S311
    for _ in range(8):
        process = start_toy(toy, run, model)
        wait_for(lambda: (run / "state.ckpt").exists() or model.exists(), process)
        time.sleep(generator.uniform(0, 0.3))
        process.kill()
        process.wait()
    assert start_toy(toy, run, model).wait() == 0
    assert same(load_model(model)[1], whole[1])


def test_an_interrupted_training_goes_on_where_it_stopped(toy, interrupted, train, whole):
    net = toy.Net()
    history, resumed = train(net=net)
    assert net.refreshed == [4, 5]
    assert same(resumed, whole[1])
    assert values(history) == values(whole[0])


def test_early_stopping_counts_across_an_interruption(toy, data, tmp_path):
    class Flat(toy.Net):
        stop_at = None

        def logits(self, batch):
            return super().logits(batch) * 0

        def refresh(self, epoch):
            super().refresh(epoch)
            if epoch == self.stop_at:
                raise KeyboardInterrupt

    settings = replace(toy.SETTINGS, patience=3)
    first = Flat()
    first.stop_at = 2
    with pytest.raises(KeyboardInterrupt):
        fit(first, *data, settings=settings, run_dir=tmp_path)
    for _ in range(2):
        history = fit(Flat(), *data, settings=settings, run_dir=tmp_path, resume=True)
        assert (history.best_epoch, history.stopped_epoch) == (0, 3)


@pytest.mark.parametrize("restore_best", [True, False])
def test_a_finished_training_returns_at_once_with_the_same_weights(toy, train, restore_best):
    history, trained = train(restore_best=restore_best)
    net = toy.Net()
    again, loaded = train(net=net, restore_best=restore_best)
    assert net.refreshed == []
    assert not net.training
    assert same(trained, loaded)
    assert again == history


def test_without_resume_a_training_starts_afresh(toy, train):
    train()
    net = toy.Net()
    train(net=net, resume=False, seed=4)
    assert net.refreshed == list(range(toy.SETTINGS.epochs))


def test_resuming_nothing_starts_afresh(toy, train):
    net = toy.Net()
    train(net=net)
    assert net.refreshed[0] == 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"lr": 0.5}, r"settings\.lr 0\.01 \(now 0\.5\)"),
        ({"epochs": 9}, r"settings\.epochs 6 \(now 9\)"),
        ({"seed": 8}, r"seed 3 \(now 8\)"),
    ],
)
def test_other_settings_are_refused_by_name(train, interrupted, changes, named):
    with pytest.raises(InputError, match=named) as caught:
        train(**changes)
    assert "other values" in caught.value.reason
    assert caught.value.remedy


def test_other_data_and_another_net_are_refused_by_name(toy, train, interrupted, data, tmp_path):
    settings = toy.SETTINGS
    more = toy.Points(51, seed=0), toy.Points(21, seed=1)
    with pytest.raises(InputError, match=r"train 50 \(now 51\), validation 20 \(now 21\)"):
        fit(toy.Net(), *more, settings=settings, seed=3, run_dir=tmp_path / "run", resume=True)
    with pytest.raises(InputError, match="method 'Net"):
        train(net=toy.Net(3))


def test_where_a_training_runs_may_change(train, interrupted):
    train(device="cpu", threads=None)


def test_a_refused_resume_leaves_the_state_alone(train, interrupted, tmp_path):
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    with pytest.raises(InputError):
        train(seed=8)
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()}


def damage_tail(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def damage_middle(data):
    return data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]


def signed(payload, header):
    """Return a state whose digest fits `payload`, as a forger would write it."""
    fields = {**json.loads(header), "sha256": hashlib.sha256(payload).hexdigest()}
    return json.dumps(fields).encode() + b"\n" + payload


class Bomb:
    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


@pytest.mark.parametrize(
    "damage",
    [
        damage_tail,
        damage_middle,
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"\x00" * 100_000,
        lambda data: b"[1]\n",
        lambda data: b"{}\n" + data,
        lambda data: b"[" * 60_000 + b"\n",
        lambda data: signed(b"nonsense", data.split(b"\n")[0]),
        lambda data: signed(b"", data.split(b"\n")[0]),
    ],
    ids=[
        "tail",
        "middle",
        "half",
        "empty",
        "zeros",
        "list",
        "empty-header",
        "deep",
        "junk",
        "none",
    ],
)
def test_a_damaged_state_gives_way_to_the_one_before_it(saved, damage, caplog):
    assert len(saved.open(resume=True)["record"]["rows"]) == 4
    saved.path.write_bytes(damage(saved.path.read_bytes()))
    assert len(saved.open(resume=True)["record"]["rows"]) == 3
    assert "state.ckpt is damaged" in caplog.text


def test_the_state_before_leads_to_the_same_bits(saved, train, whole):
    saved.path.write_bytes(damage_middle(saved.path.read_bytes()))
    history, resumed = train()
    assert same(resumed, whole[1])
    assert values(history) == values(whole[0])


def test_two_damaged_states_are_an_error_that_says_so(saved, train):
    for path in (saved.path, saved.previous):
        path.write_bytes(damage_tail(path.read_bytes()))
    with pytest.raises(InputError, match="state of the training is damaged") as caught:
        train()
    assert caught.value.remedy == "Train again without resume."


def test_a_forged_state_never_runs(saved, train, tmp_path):
    marker = tmp_path / "ran"
    for path in (saved.path, saved.previous):
        path.write_bytes(signed(pickle.dumps(Bomb(marker)), path.read_bytes().split(b"\n")[0]))
    with pytest.raises(InputError, match="damaged"):
        train()
    assert not marker.exists()


def test_a_full_disk_is_an_error_and_keeps_a_state(toy, train, whole, tmp_path, monkeypatch):
    class Filling(toy.Net):
        def refresh(self, epoch):
            super().refresh(epoch)
            if epoch == 3:
                monkeypatch.setattr(state_module, "atomic_write", full)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    Filling.__qualname__ = toy.Net.__qualname__
    with pytest.raises(InputError, match="No space left") as caught:
        train(net=Filling())
    assert caught.value.file == str(tmp_path / "run")
    monkeypatch.undo()
    assert same(train()[1], whole[1])


def test_a_folder_that_cannot_be_made_is_an_error(train, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be kept here"):
        train(run_dir=tmp_path / "file" / "run")


def test_only_two_states_stay(train, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".state.ckpt.0a1b.tmp").write_bytes(b"cut short by a kill")
    train()
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "previous.ckpt",
        "state.ckpt",
    ]


def test_the_state_begins_with_a_readable_line(train, tmp_path):
    train()
    header = json.loads((tmp_path / "run" / "state.ckpt").read_bytes().split(b"\n")[0])
    assert header["fingerprint"]["seed"] == 3
    assert header["fingerprint"]["settings.lr"] == 0.01
    assert "settings.device" not in header["fingerprint"]
