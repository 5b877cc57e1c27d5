"""When a state is saved, and that Lightning's own writer is never used."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from graphkit.training import fit
from graphkit.training.state import RunState
from graphkit.training.state_io import SaveEachEpoch, StateIO


@pytest.fixture
def kept(tmp_path):
    """A :class:`StateIO` on an empty folder."""
    state = RunState(tmp_path, {})
    state.open(resume=False)
    return StateIO(state)


def reopened(kept):
    state = RunState(kept.state.folder, {})
    state.open(resume=True)
    return StateIO(state)


def test_what_is_saved_is_loaded(kept, tmp_path):
    kept.save_checkpoint({"epoch": 3}, tmp_path / "elsewhere")
    assert reopened(kept).load_checkpoint(tmp_path / "elsewhere") == {"epoch": 3}
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_to_load_is_a_mistake_of_the_program(kept, tmp_path):
    with pytest.raises(RuntimeError, match="no state to resume"):
        kept.load_checkpoint(tmp_path)


def test_removing_twice_is_fine(kept, tmp_path):
    (tmp_path / "x").touch()
    kept.remove_checkpoint(tmp_path / "x")
    kept.remove_checkpoint(tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_an_epochs_end_saves_to_the_path(tmp_path):
    saved = []
    SaveEachEpoch(tmp_path).on_train_epoch_end(SimpleNamespace(save_checkpoint=saved.append), None)
    assert saved == [tmp_path]


def test_each_epoch_is_saved_with_its_own_row(toy, tmp_path, monkeypatch):
    rows = []
    write = RunState.write

    def watched(state, checkpoint):
        rows.append([row["epoch"] for row in checkpoint["record"]["rows"]])
        write(state, checkpoint)

    monkeypatch.setattr(RunState, "write", watched)
    settings = replace(toy.SETTINGS, epochs=3)
    fit(toy.Net(), toy.Points(16, seed=0), settings=settings, run_dir=tmp_path)
    assert rows == [[0], [0, 1], [0, 1, 2]]
