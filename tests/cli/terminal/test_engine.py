"""Where the work is done."""

import sys

import pytest

from graphkit.cli.terminal.engine import check_engine, spread_over
from graphkit.cli.terminal.options import Engine
from graphkit.errors import InputError
from graphkit.origin import Origin
from graphkit.types import Record

ORIGIN = Origin(verb="localize", params={})
RECORDS = [Record("a", "ACGU"), Record("b", "GGCC")]


@pytest.fixture
def asked(monkeypatch):
    """What Ray would be asked, and nothing is."""
    calls = []

    def answers(task, records, **how):
        calls.append(how)
        return task(records)

    monkeypatch.setattr("graphkit.distributed.engine.answers", answers)
    return calls


def ids(records):
    return [record.id for record in records]


def _stopped(folder, asked, **options):
    with spread_over(Engine.RAY, output=folder / "x.tsv", **options) as spread:
        spread(ids, RECORDS, ORIGIN)
        asked[0]["kept"].write(RECORDS, [])
        raise ZeroDivisionError


def test_here_asks_nobody(asked, tmp_path):
    with spread_over(Engine.HERE, address=None, workers=None, output=tmp_path / "x") as spread:
        assert spread(ids, RECORDS, ORIGIN) == ["a", "b"]
    assert not asked
    assert not list(tmp_path.iterdir())


def test_ray_keeps_blocks_beside_a_file_and_nowhere_else(asked, tmp_path, capsys):
    options = {"address": "auto", "workers": 3}
    with spread_over(Engine.RAY, output=None, **options) as spread:
        assert spread(ids, RECORDS, ORIGIN) == ["a", "b"]
    assert asked.pop() == {"address": "auto", "workers": 3, "size": 256}
    with spread_over(Engine.RAY, output=tmp_path / "x.tsv", size=5, **options) as spread:
        spread(ids, RECORDS, ORIGIN)
        assert asked[0]["kept"].folder.is_dir()
    assert asked.pop()["size"] == 5
    assert not list(tmp_path.iterdir())
    with pytest.raises(ZeroDivisionError):
        _stopped(tmp_path, asked, **options)
    assert "x.tsv.blocks: the same command goes on from there" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"address": "auto"}, "--address: needs --engine ray"),
        ({"workers": 2}, "--workers: needs --engine ray"),
    ],
)
def test_options_of_ray_need_ray(given, message):
    with pytest.raises(InputError, match=message):
        check_engine(Engine.HERE, **{"address": None, "workers": None, **given})


def test_workers_have_no_device():
    with pytest.raises(InputError, match="--device: cuda: workers compute on cores"):
        check_engine(Engine.RAY, address=None, workers=None, device="cuda")


@pytest.mark.parametrize("verb", ["localize", "embed", "explain"])
def test_the_command_says_what_to_install(run, fasta, tmp_path, monkeypatch, verb):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setattr("graphkit.distributed.engine.find_spec", lambda name: None)
    result = run(verb, fasta(">a\nACGU\n"), "-o", tmp_path / "x.h5ad", "--engine", "ray")
    assert result.exit_code == 2
    assert "--engine ray and graphkit.distributed need Ray" in result.stderr
    assert "pip install 'graphkit-bio[ray]'" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["x.fa"]
