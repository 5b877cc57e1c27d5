from pathlib import Path
from types import SimpleNamespace


def test_models_are_listed(run, monkeypatch):
    card = SimpleNamespace(name="lncloc", folder=Path("there"), summary="Says\twhere.")
    monkeypatch.setattr("graphkit.models", lambda: [card])
    result = run("models")
    assert result.exit_code == 0
    assert result.stdout == "name\tsummary\tfolder\nlncloc\tSays where.\tthere\n"
