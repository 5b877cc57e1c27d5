"""Parameters of SGCL-LncLoc; the defaults are its paper's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from graphkit.errors import InputError
from graphkit.training import TrainSettings

# Composition as `graphkit.sequences.composition` gives it: length, 4 bases, 16 dinucleotides.
SIDE = 21


@dataclass(frozen=True)
class SGCLLncLocParams:
    """Parameters of :class:`SGCLLncLoc`.

    Parameters
    ----------
    k
        Letters per k-mer, 2 to 8; k <= 6 with graph convolutions takes the fast path.
    features
        How node embeddings start: ``"word2vec"`` (fitted on the training records) or ``"one-hot"``.
    embedding_dim
        Numbers per node embedding; one-hot features have 4 k.
    hidden
        Width of each layer.
    layers
        Convolutions.
    conv
        ``"gcn"`` or ``"gat"``.
    readout
        ``"attention"`` (over all k-mers), ``"present"``, ``"count"`` or ``"mean"``.
    side
        Whether length and composition join the graph embedding.
    dropout
        Dropout on node embeddings and in front of the heads.
    contrast
        Weight of the supervised contrast.
    temperature
        Temperature of the contrast.
    """

    k: int = 5
    features: Literal["word2vec", "one-hot"] = "word2vec"
    embedding_dim: int = 32
    hidden: int = 64
    layers: int = 2
    conv: Literal["gcn", "gat"] = "gcn"
    readout: Literal["attention", "present", "count", "mean"] = "count"
    side: bool = True
    dropout: float = 0.3
    contrast: float = 0.1
    temperature: float = 0.2

    def __post_init__(self) -> None:
        if not 2 <= self.k <= 8:
            raise InputError(f"k = {self.k}", slot="k", remedy="Choose 2 to 8.")
        if self.conv not in ("gcn", "gat"):
            raise InputError(f"no convolution {self.conv!r}", slot="conv", remedy="gcn or gat.")
        for name, top in (("embedding_dim", 4096), ("hidden", 4096), ("layers", 16)):
            if not 1 <= getattr(self, name) <= top:
                value = getattr(self, name)
                raise InputError(f"{name} = {value}", slot=name, remedy=f"Choose 1 to {top}.")
        if not (0 <= self.dropout < 1 and self.contrast >= 0 and self.temperature > 0):
            raise InputError(
                "dropout, contrast or temperature out of range",
                slot="params",
                remedy="Give 0 <= dropout < 1, contrast >= 0 and temperature > 0.",
            )


PAPER = SGCLLncLocParams(
    embedding_dim=128, hidden=256, readout="attention", side=False, dropout=0.2
)
SHORT_TRAINING = TrainSettings(epochs=12, batch_size=16, lr=1e-3, weight_decay=1e-4)
PAPER_TRAINING = TrainSettings(
    epochs=1000, batch_size=16, lr=5e-4, warmup_epochs=150, decay=0.005, patience=100
)
