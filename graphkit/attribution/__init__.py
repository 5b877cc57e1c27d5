"""Attribution: what a model relied on, carried back along the builder's provenance."""

from graphkit.attribution.attention import attention_mass, attention_track
from graphkit.attribution.checks import Check
from graphkit.attribution.converged import converged_gradients
from graphkit.attribution.faithfulness import FaithfulnessParams, faithfulness, recovery
from graphkit.attribution.gradients import Attribution, integrated_gradients
from graphkit.attribution.log_odds import LogOdds, log_odds, untouched
from graphkit.attribution.mutagenesis import Mutagenesis, mutagenesis
from graphkit.attribution.occlusion import occlusion

__all__ = [
    "Attribution",
    "Check",
    "FaithfulnessParams",
    "LogOdds",
    "Mutagenesis",
    "attention_mass",
    "attention_track",
    "converged_gradients",
    "faithfulness",
    "integrated_gradients",
    "log_odds",
    "mutagenesis",
    "occlusion",
    "recovery",
    "untouched",
]
