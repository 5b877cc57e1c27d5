"""Simulated transcripts with ideal scores: one at every letter of an element, noise elsewhere."""

import numpy as np
import pytest

from graphkit.datasets import SimulationParams, simulate_transcripts
from graphkit.datasets.transcripts import NUCLEUS_ELEMENTS
from graphkit.motifs import Track
from graphkit.sequences import encode


def ideal_track(simulated, generator, noise=0.02):
    codes = encode(simulated.record.sequence)
    scores = generator.normal(size=len(codes)) * noise
    for site in simulated.sites:
        scores[site.start : site.end] += 1 if site.element in NUCLEUS_ELEMENTS else -1
    return Track(simulated.record.id, codes, scores)


@pytest.fixture(scope="session")
def explained():
    """Tracks and measured labels of simulated transcripts."""

    def make(n=60, seed=0, **params):
        simulated = simulate_transcripts(SimulationParams(n_transcripts=n, **params), seed=seed)
        generator = np.random.default_rng(seed)
        tracks = [ideal_track(one, generator) for one in simulated]
        return tracks, [int(one.label == "Nucleus") for one in simulated]

    return make
