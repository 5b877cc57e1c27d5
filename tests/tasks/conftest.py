"""What tests of several estimators need."""

import json

import pytest

from graphkit.training.checkpoint import sealed


@pytest.fixture
def alter():
    """Change one value of a model folder's configuration or of its arguments, and seal it."""

    def alter(folder, *place, value):
        file = folder / "config.json"
        config = json.loads(file.read_text())
        inner = config["arguments"] if place[0] in config["arguments"] else config
        for name in place[:-1]:
            inner = inner[name]
        inner[place[-1]] = value
        file.write_text(json.dumps(sealed(config)))

    return alter
