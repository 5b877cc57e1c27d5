"""After TripletCell: cells of one type near one another, those of others beyond a margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.losses import (
    BatchHardMiner,
    CosineSimilarity,
    MatchedMoments,
    NormalizedSoftmaxLoss,
    TripletMarginLoss,
)
from graphkit.methods.strategies import Contrast
from graphkit.training import Guided

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from torch import nn

    from graphkit.methods.cell_autoencoder import CellAutoencoder


@dataclass(frozen=True)
class TripletParams:
    """Parameters of TripletCell.

    Parameters
    ----------
    margin
        By which a cell is more like its own type than another, in cosine.
    triplets, types, batches
        Weights of the triplets, of the cross-entropy of types, and of the moments of batches,
        beside the autoencoder's loss.
    temperature
        Of the cross-entropy.
    """

    margin: float = 0.5
    triplets: float = 1.0
    types: float = 1.0
    batches: float = 1.0
    temperature: float = 0.1


class TripletCell(Guided):
    """An autoencoder of cells with hard triplets of known types, and their cross-entropy.

    In the published code the triplets have no gradient, and the last type is never drawn; batches
    of :class:`~graphkit.training.PerClass` hold every type.

    Parameters
    ----------
    network
        The autoencoder.
    labels : ndarray of int [n]
        Type of each cell, from 0; -1 where it is not known.
    params
        What there is to choose.
    batches : ndarray of int [n], optional
        Batch or protocol of each cell: their moments are matched.
    loss, miner
        Of embeddings and types, in place of the hard triplets:
        :class:`~graphkit.losses.MultiSimilarityLoss`, :class:`~graphkit.losses.ProxyAnchorLoss`.

    References
    ----------
    doi:10.1093/bib/bbad132.
    """

    reference = "doi:10.1093/bib/bbad132"

    def __init__(
        self,
        network: CellAutoencoder,
        labels: ArrayLike,
        params: TripletParams | None = None,
        *,
        batches: ArrayLike | None = None,
        loss: nn.Module | None = None,
        miner: nn.Module | None = None,
    ) -> None:
        p = params or TripletParams()
        if loss is None:
            loss = TripletMarginLoss(p.margin, distance=CosineSimilarity())
            miner = miner or BatchHardMiner(distance=CosineSimilarity())
        n_types = int(np.max(labels)) + 1
        types = NormalizedSoftmaxLoss(n_types, network.dim, temperature=p.temperature)
        strategies = [
            Contrast(loss, labels, weight=p.triplets, miner=miner, name="triplets"),
            Contrast(types, labels, weight=p.types, name="types"),
        ]
        if batches is not None:
            moments = Contrast(MatchedMoments(), batches, weight=p.batches, name="batches")
            strategies.append(moments)
        super().__init__(network, strategies)
