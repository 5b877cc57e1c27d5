"""Limits: profiles, the environment, and options above it."""

import pytest

from graphkit.errors import InputError
from graphkit.web.limits import LOCAL, PUBLIC


def test_an_option_is_above_the_environment_and_that_above_the_profile():
    environment = {"GRAPHKIT_LIMIT_SECONDS": "90", "GRAPHKIT_LIMIT_QUEUE": "7", "HOME": "x"}
    found = PUBLIC.but(["queue=5"], environment)
    assert (found.seconds, found.queue, found.sequences) == (90, 5, PUBLIC.sequences)
    assert LOCAL.but([], {}) == LOCAL


@pytest.mark.parametrize(
    "asked", ["nothing=1", "queue", "queue=", "queue=0", "queue=-1", "queue=1.5", "queue=²"]
)
def test_what_is_no_limit_is_refused(asked):
    with pytest.raises(InputError, match="--limit"):
        LOCAL.but([asked], {})
    name, _, text = asked.partition("=")
    with pytest.raises(InputError, match="--limit"):
        LOCAL.but([], {f"GRAPHKIT_LIMIT_{name.upper()}": text})
