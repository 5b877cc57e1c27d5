"""A method of your own, trained, saved, loaded, used, evaluated and explained: two convolutions."""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from graphkit import SequenceClassifier, explain, read_fasta
from graphkit.builders import OneHotKmers, Region, RegionBuilder, edge_weights
from graphkit.datasets import SimulationParams, shipped, simulate_transcripts
from graphkit.evaluation import score_classifier
from graphkit.methods import SequenceMethod
from graphkit.nn import CountReadout, FixedTopology, GCNEncoder, LogOddsHead
from graphkit.training import TrainSettings


@dataclass(frozen=True)
class Params:
    k: int = 4
    hidden: int = 32


class Neighbourhood(SequenceMethod):
    name, Params = "neighbourhood", Params
    recipe = TrainSettings(epochs=12, lr=0.005, restore_best=False)

    def __init__(self, classes, params):
        super().__init__(classes, params)
        k, size = params.k, params.hidden
        self.kmers = torch.nn.Parameter(torch.from_numpy(OneHotKmers(k)(np.arange(4**k))))
        self.encoder = GCNEncoder((4 * k, size, size), readout=CountReadout(size))
        self.head = LogOddsHead(size, len(classes))

    @classmethod
    def builder(cls, params):
        return RegionBuilder((Region(k=params.k),))  # sequence -> graph, and where it came from

    def logits(self, data, edge_weight=None, node_count=None):
        weights = edge_weights(data.edges) if edge_weight is None else edge_weight
        counts = data.nodes if node_count is None else node_count
        return self.head(FixedTopology(self.encoder, self.kmers).graphs(weights, counts))

    def step(self, batch):
        return {"cross_entropy": functional.cross_entropy(self.logits(batch), batch.y)}


if __name__ == "__main__":
    simulated = simulate_transcripts(SimulationParams(n_transcripts=300, n_sites=12), seed=0)
    records, labels = [one.record for one in simulated], [one.label for one in simulated]
    SequenceClassifier(Neighbourhood, members=2).fit(records[:200], labels[:200]).save("mine")
    model = SequenceClassifier.load("mine", method=Neighbourhood)
    known = np.searchsorted(model.classes_, labels[200:])
    print(score_classifier(known, model.predict_proba(records[200:])))
    fasta = list(read_fasta(shipped("mouse_lincrnas.fasta")))
    print(model.localize(fasta)[["id", "label"]])
    print([f"{one.target}: {one.total:+.1f}" for one in explain(model, fasta)])
