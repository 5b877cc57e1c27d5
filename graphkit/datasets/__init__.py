"""Data whose truth is known: simulated transcripts and tissue, and the small files that ship."""

from graphkit.datasets.background import TRANSITIONS, markov_sequence, stationary
from graphkit.datasets.elements import random_elements
from graphkit.datasets.locate import shipped
from graphkit.datasets.tissue import SimulatedTissue, TissueParams, simulate_tissue
from graphkit.datasets.transcripts import (
    SimulatedTranscript,
    SimulationParams,
    Site,
    simulate_transcripts,
)
from graphkit.datasets.writing import write_transcripts

__all__ = [
    "TRANSITIONS",
    "SimulatedTissue",
    "SimulatedTranscript",
    "SimulationParams",
    "Site",
    "TissueParams",
    "markov_sequence",
    "random_elements",
    "shipped",
    "simulate_tissue",
    "simulate_transcripts",
    "stationary",
    "write_transcripts",
]
