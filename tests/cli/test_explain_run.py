import json

from graphkit import __version__
from graphkit.cli.explain_run import CAUTION, Run


def test_what_was_asked_for_is_plain_json():
    run = Run(
        source="x.fa", model="m", classes=("A", "B"), target=None, method="gradients", steps=64,
        shuffles=1, fdr=0.05, seed=0, n_tracks=9,
    )  # fmt: skip
    said = run.as_dict()
    assert json.loads(json.dumps(said))["classes"] == ["A", "B"]
    assert said["graphkit"] == __version__
    assert said["caution"] == CAUTION
    assert "not what the cell does" in CAUTION
