import pytest

from graphkit.cli.terminal.training_run import TrainingRun
from graphkit.errors import InputError


@pytest.fixture
def model(tmp_path):
    return tmp_path / "model"


def begin(model, *, resume=False, force=False, **identity):
    run = TrainingRun(model, resume=resume, force=force)
    run.begin(identity)
    return run


def finished(model):
    model.mkdir()
    (model / "config.json").write_text("{}")


def test_a_new_run_lies_beside_the_model(model, tmp_path):
    run = begin(model, seed=1)
    assert run.folder == tmp_path / "model.run"
    assert run.folder.is_dir()
    assert not run.interrupted
    run.discard()
    assert not run.folder.exists()


def test_an_interrupted_run_goes_on(model):
    state = begin(model, seed=1).folder / "fold0"
    state.mkdir()
    assert TrainingRun(model, resume=True, force=False).interrupted
    begin(model, resume=True, seed=1)
    assert state.exists()


def test_another_training_is_not_resumed(model):
    begin(model, seed=1, k=5)
    with pytest.raises(InputError, match="had another seed"):
        begin(model, resume=True, seed=2, k=5)


def test_a_damaged_state_is_told(model):
    (begin(model).folder / "run.json").write_text("{")
    with pytest.raises(InputError, match=r"run\.json: is damaged"):
        begin(model, resume=True)


def test_an_interrupted_run_is_not_lost_by_accident(model):
    state = begin(model).folder / "fold0"
    state.mkdir()
    with pytest.raises(InputError, match="--resume"):
        begin(model)
    begin(model, force=True)
    assert not state.exists()


def test_a_model_is_not_lost_by_accident(model):
    finished(model)
    with pytest.raises(InputError, match="--force"):
        TrainingRun(model, resume=False, force=False)
    TrainingRun(model, resume=False, force=True)
    assert TrainingRun(model, resume=True, force=False).finished


def test_a_model_with_state_beside_it_is_not_finished(model):
    begin(model)
    finished(model)
    assert not TrainingRun(model, resume=True, force=False).finished


@pytest.mark.parametrize("force", [False, True])
def test_what_is_no_model_is_never_replaced(model, force):
    model.mkdir()
    (model / "thesis.tex").touch()
    with pytest.raises(InputError, match="is no model"):
        TrainingRun(model, resume=False, force=force)


def test_what_is_no_run_is_never_removed(model, tmp_path):
    (tmp_path / "model.run").mkdir()
    begin(model, force=True).discard()
    (tmp_path / "model.run").mkdir()
    (tmp_path / "model.run" / "thesis.tex").touch()
    with pytest.raises(InputError, match="holds no training"):
        begin(model, force=True)


def test_where_a_model_cannot_be(tmp_path):
    with pytest.raises(InputError, match="is no folder"):
        TrainingRun(tmp_path / "missing" / "model", resume=False, force=False)
    with pytest.raises(InputError, match="exclude each other"):
        TrainingRun(tmp_path / "model", resume=True, force=True)
