"""Data whose truth is known: simulated transcripts, and the small files that ship."""

from graphkit.datasets.background import TRANSITIONS, markov_sequence, stationary
from graphkit.datasets.locate import shipped
from graphkit.datasets.transcripts import (
    SimulatedTranscript,
    SimulationParams,
    Site,
    simulate_transcripts,
)
from graphkit.datasets.writing import write_transcripts

__all__ = [
    "TRANSITIONS",
    "SimulatedTranscript",
    "SimulationParams",
    "Site",
    "markov_sequence",
    "shipped",
    "simulate_transcripts",
    "stationary",
    "write_transcripts",
]
