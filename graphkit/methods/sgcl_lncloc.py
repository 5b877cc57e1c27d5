"""SGCL-LncLoc: supervised graph contrastive learning on the de Bruijn graph of a transcript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.builders import (
    DeBruijnBuilder,
    KmerWord2Vec,
    OneHotKmers,
    Region,
    RegionBuilder,
    Spectrum,
    edge_weights,
)
from graphkit.builders.debruijn import MAX_FIXED_K
from graphkit.errors import InputError
from graphkit.losses import SupervisedContrast, gather
from graphkit.methods.base import SequenceMethod, labels_of
from graphkit.methods.sgcl_params import PAPER, SHORT_TRAINING, SIDE, SGCLLncLocParams
from graphkit.nn import (
    FixedTopology,
    GATEncoder,
    GCNEncoder,
    LogOddsHead,
    ProjectionHead,
    make_readout,
)
from graphkit.sequences import composition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch_geometric.data import Data

    from graphkit.builders import NodeFeatures, SequenceBuilder
    from graphkit.types import Encoding

    Codes = NDArray[np.uint8]


class SGCLLncLoc(SequenceMethod):
    """A graph convolutional classifier of transcripts, trained with supervised contrast.

    Node embeddings (one per k-mer, fine-tuned) -> convolutions over the normalised de Bruijn graph
    -> readout -> class log-odds, and beside it a projection in which transcripts of one class are
    pulled together.

    The published net pools over all k-mers, absent ones included, and knows no length. By default
    attention here runs over the occurrences present, and length and composition join at the
    readout.

    Parameters
    ----------
    classes
        Class names, sorted.
    params
        What there is to choose.
    parity
        ``"paper"`` for the published structure and sizes. One thing is not reproduced: the
        published tool deletes letters it does not know, gluing distant bases together; here they
        break the path, which is the same for sequences of A, C, G and U/T.
    encoder
        From node embeddings to a graph embedding; made after `params` where not given, as a model
        folder makes it.
    contrast
        Loss of embeddings and labels; :class:`~graphkit.losses.SupervisedContrast` where not given.

    Attributes
    ----------
    reference
        DOI of the paper.

    Examples
    --------
    >>> method = SGCLLncLoc(("Cytoplasm", "Nucleus"), SGCLLncLocParams(k=2, hidden=4))
    >>> spectrum = Spectrum(torch.ones(3, 64), torch.ones(3, 16), torch.zeros(3, SIDE))
    >>> method.logits(spectrum).shape
    torch.Size([3, 2])
    """

    reference = "10.26599/BDMA.2024.9020002"
    name = "sgcl-lncloc"
    Params = SGCLLncLocParams
    recipe = SHORT_TRAINING

    side_mean: Tensor
    side_scale: Tensor

    def __init__(
        self,
        classes: tuple[str, ...],
        params: SGCLLncLocParams | None = None,
        *,
        parity: Literal["paper"] | None = None,
        encoder: GCNEncoder | GATEncoder | None = None,
        contrast: nn.Module | None = None,
    ) -> None:
        if parity not in (None, "paper"):
            raise InputError(f"no parity {parity!r}", slot="parity", remedy="'paper' or None.")
        if parity == "paper" and params is not None:
            raise InputError("parity='paper' fixes the parameters", slot="params")
        p = PAPER if parity == "paper" else params or SGCLLncLocParams()
        super().__init__(classes, p)
        width = 4 * p.k if p.features == "one-hot" else p.embedding_dim
        dims = (width, *[p.hidden] * p.layers)
        self.embedding = nn.Parameter(torch.zeros(4**p.k, width))
        if encoder is None:
            kind = GCNEncoder if p.conv == "gcn" else GATEncoder
            readout = make_readout(p.readout, p.hidden)
            encoder = kind(dims, readout=readout, feature_dropout=p.dropout)
        self.encoder = encoder
        graph_dim = p.hidden + (SIDE if p.side else 0)
        self.classifier = LogOddsHead(graph_dim, len(self.classes), dropout=p.dropout)
        self.projection = ProjectionHead(graph_dim, p.hidden, dropout=p.dropout)
        self.contrast = contrast or SupervisedContrast(p.temperature)
        self.register_buffer("side_mean", torch.zeros(SIDE))
        self.register_buffer("side_scale", torch.ones(SIDE))

    @classmethod
    def builder(cls, params: SGCLLncLocParams) -> SequenceBuilder:
        """Return the builder of spectra (the fast path), or of graphs where `params` needs them."""
        if params.conv == "gcn" and params.k <= MAX_FIXED_K:
            return RegionBuilder((Region(k=params.k),))
        return DeBruijnBuilder(params.k)

    @classmethod
    def fresh(
        cls,
        classes: tuple[str, ...],
        params: SGCLLncLocParams,
        codes: Sequence[Codes],
        *,
        y: Sequence[int],
        seed: int,
    ) -> Self:
        """Return a network with fresh weights and all that is fitted on its training records."""
        features: NodeFeatures
        if params.features == "one-hot":
            features = OneHotKmers(params.k)
        else:
            features = KmerWord2Vec(params.k, dimension=params.embedding_dim, seed=seed)
        vectors = features.fit(codes)(np.arange(4**params.k))
        side = np.stack([composition(c) for c in codes]).astype(np.float32)
        member = super().fresh(classes, params, codes, y=y, seed=seed)
        return member.start_from(torch.from_numpy(vectors), torch.from_numpy(side))

    def start_from(self, vectors: Tensor, side: Tensor) -> Self:
        """Set the node embeddings and the scale of the side features from training data.

        Parameters
        ----------
        vectors : Tensor [4^k, F]
            Initial node embeddings.
        side : Tensor [n, S]
            Side features of the training records.
        """
        with torch.no_grad():
            self.embedding.copy_(vectors)
            self.side_mean.copy_(side.mean(dim=0))
            self.side_scale.copy_(side.std(dim=0, correction=0).clamp(min=1e-6))
        return self

    def encode(self, data: Data | Spectrum, **inputs: Tensor | None) -> Encoding:
        """Encode graphs; the arguments are those of :meth:`logits`."""
        x, weight, count, side = self._inputs(data, **inputs)
        if isinstance(data, Spectrum):
            return FixedTopology(self._convolutions(), x)(weight, count, side)
        return self.encoder(x, data.edge_index, weight, data.batch, count, side)

    def embed(self, data: Data | Spectrum, **inputs: Tensor | None) -> Tensor:
        """Return graph embeddings ``[B, D]``; the arguments are those of :meth:`logits`."""
        if isinstance(data, Spectrum):
            x, weight, count, side = self._inputs(data, **inputs)
            return FixedTopology(self._convolutions(), x).graphs(weight, count, side)
        return cast("Tensor", self.encode(data, **inputs).graph)

    def logits(
        self,
        data: Data | Spectrum,
        *,
        x: Tensor | None = None,
        edge_weight: Tensor | None = None,
        node_count: Tensor | None = None,
        side: Tensor | None = None,
    ) -> Tensor:
        """Return class log-odds relative to the first class.

        Every input an explanation may vary can be given in place of what `data` holds.

        Parameters
        ----------
        data
            One graph or a batch of graphs, or a spectrum (the fast path).
        x : Tensor [N, F] or, for a spectrum, [4^k, F]
            Node features in place of the learned embeddings.
        edge_weight : Tensor [E] or, for a spectrum, [B, 4^(k+1)]
            Normalised edge weights.
        node_count : Tensor [N] or, for a spectrum, [B, 4^k]
            How often each k-mer occurs.
        side : Tensor [B, S]
            Length and composition, unscaled.

        Returns
        -------
        Tensor [B, C]
            Logits; those of the first class are 0.
        """
        inputs = {"x": x, "edge_weight": edge_weight, "node_count": node_count, "side": side}
        return self.classifier(self.embed(data, **inputs))

    def side_baseline(self) -> Tensor | None:
        """Return the mean length and composition of the training records, where they are read."""
        return self.side_mean if self.params.side else None

    def attention(self, data: Data | Spectrum) -> Tensor:
        """Return the readout's one attention: that of each node, behind zeros for the edges."""
        weights = self.encode(data).node_weights
        if weights is None:
            return super().attention(data)
        edges = data.edges if isinstance(data, Spectrum) else data.edge_weight
        return torch.cat([torch.zeros_like(edges.flatten()), weights.flatten()])

    def refusal(self, way: str) -> str | None:
        """Return why ``"gradients"`` or ``"attention"`` cannot explain this network, else None."""
        p = self.params
        if way == "attention" and p.readout == "mean":
            return "the readout 'mean' has no attention"
        if way == "gradients" and p.conv == "gat":
            why = "graph attention: an edge of weight 0 still passes messages"
            return f"gradients cannot explain {why}"
        if way == "gradients" and p.readout == "present":
            why = "the readout 'present': whether a k-mer occurs is a step"
            return f"gradients cannot explain {why}"
        return super().refusal(way)

    def step(self, batch: Data | Spectrum) -> dict[str, Tensor]:
        """Return the weighted terms of the loss on a labelled batch."""
        graph = self.embed(batch)
        terms = {
            "cross_entropy": functional.cross_entropy(self.classifier(graph), labels_of(batch))
        }
        if self.params.contrast > 0:
            contrast = self.contrast(gather(self.projection(graph)), gather(labels_of(batch)))
            terms["contrast"] = self.params.contrast * contrast
        return terms

    def _inputs(
        self,
        data: Data | Spectrum,
        *,
        x: Tensor | None = None,
        edge_weight: Tensor | None = None,
        node_count: Tensor | None = None,
        side: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        """Return what is given, else what `data` holds; side features scaled, if they are used."""
        if isinstance(data, Spectrum):
            known: tuple[Any, ...] = (
                self.embedding,
                edge_weights(data.edges) if edge_weight is None else None,
                data.nodes,
                data.side,
            )
        else:
            known = (self.embedding[data.node_kmer], data.edge_weight, data.node_count, data.side)
        features, weights, counts, whole = (
            have if given is None else given
            for given, have in zip((x, edge_weight, node_count, side), known, strict=True)
        )
        if not self.params.side or whole is None:
            return features, weights, counts, None
        return features, weights, counts, (whole - self.side_mean) / self.side_scale

    def _convolutions(self) -> GCNEncoder:
        if not isinstance(self.encoder, GCNEncoder):
            raise InputError(
                "graph attention has no fast path", slot="data", remedy="Give graphs as Data."
            )
        return self.encoder
