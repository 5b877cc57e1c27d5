"""SGCL-LncLoc: supervised graph contrastive learning on the de Bruijn graph of a transcript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.builders import Spectrum
from graphkit.errors import InputError
from graphkit.losses import SupervisedContrast
from graphkit.methods.ensemble import labels_of
from graphkit.methods.sgcl_inputs import SGCLInputs
from graphkit.methods.sgcl_params import PAPER, SHORT_TRAINING, SIDE, SGCLLncLocParams
from graphkit.nn import (
    FixedTopology,
    GATEncoder,
    GCNEncoder,
    LogOddsHead,
    ProjectionHead,
    edge_weights,
    make_readout,
)

if TYPE_CHECKING:
    from torch_geometric.data import Data

    from graphkit.types import Encoding


class SGCLLncLoc(SGCLInputs):
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
    ) -> None:
        if parity not in (None, "paper"):
            raise InputError(f"no parity {parity!r}", slot="parity", remedy="'paper' or None.")
        if parity == "paper" and params is not None:
            raise InputError("parity='paper' fixes the parameters", slot="params")
        p = PAPER if parity == "paper" else params or SGCLLncLocParams()
        super().__init__(classes, p)
        width = 4 * p.k if p.features == "one-hot" else p.embedding_dim
        dims = (width, *[p.hidden] * p.layers)
        readout = make_readout(p.readout, p.hidden)
        self.embedding = nn.Parameter(torch.zeros(4**p.k, width))
        self.encoder: GCNEncoder | GATEncoder
        if p.conv == "gcn":
            self.encoder = GCNEncoder(dims, readout=readout, feature_dropout=p.dropout)
        else:
            self.encoder = GATEncoder(dims, readout=readout, feature_dropout=p.dropout)
        graph_dim = p.hidden + (SIDE if p.side else 0)
        self.classifier = LogOddsHead(graph_dim, len(self.classes), dropout=p.dropout)
        self.projection = ProjectionHead(graph_dim, p.hidden, dropout=p.dropout)
        self.contrast = SupervisedContrast(p.temperature)
        self.register_buffer("side_mean", torch.zeros(SIDE))
        self.register_buffer("side_scale", torch.ones(SIDE))

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

    def step(self, batch: Data | Spectrum) -> dict[str, Tensor]:
        """Return the weighted terms of the loss on a labelled batch."""
        graph = self.embed(batch)
        terms = {
            "cross_entropy": functional.cross_entropy(self.classifier(graph), labels_of(batch))
        }
        if self.params.contrast > 0:
            contrast = self.contrast(self.projection(graph), labels_of(batch))
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
