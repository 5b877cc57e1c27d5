"""A method of your own: an nn.Module with `step` and `logits`. Nothing is registered.

This one asks whether the *neighbourhood* of a k-mer helps: two graph convolutions over the
de Bruijn graph, pooled by how often each k-mer occurs, trained with the loop everyone shares.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from graphkit.builders import DeBruijnBuilder, OneHotKmers, Spectrum
from graphkit.datasets import SimulationParams, simulate_transcripts
from graphkit.nn import CountReadout, FixedTopology, GCNEncoder, LogOddsHead, edge_weights
from graphkit.training import TrainSettings, fit

K = 5


class Neighbourhood(nn.Module):
    """Two graph convolutions and a count-weighted readout."""

    def __init__(self, n_classes: int, hidden: int = 32) -> None:
        super().__init__()
        kmers = torch.arange(4**K).numpy()
        self.embedding = nn.Parameter(torch.from_numpy(OneHotKmers(K)(kmers)))
        self.encoder = GCNEncoder((4 * K, hidden, hidden), readout=CountReadout(hidden))
        self.head = LogOddsHead(hidden, n_classes)

    def logits(self, batch: Spectrum) -> Tensor:
        network = FixedTopology(self.encoder, self.embedding)
        return self.head(network.graphs(edge_weights(batch.edges), batch.nodes))

    def step(self, batch: Spectrum) -> dict[str, Tensor]:
        return {"cross_entropy": functional.cross_entropy(self.logits(batch), batch.y)}


def main() -> None:
    simulated = simulate_transcripts(SimulationParams(n_transcripts=300, n_sites=12), seed=0)
    classes = sorted({transcript.label for transcript in simulated})
    y = [classes.index(transcript.label) for transcript in simulated]
    data = DeBruijnBuilder(K).spectrum([transcript.record for transcript in simulated], y=y)
    train, held_out = data[range(200)], data[range(200, 300)]

    torch.manual_seed(0)
    method = Neighbourhood(len(classes))
    course = fit(method, train, held_out, settings=TrainSettings(epochs=12, lr=0.005), seed=0)

    right = (method.logits(held_out).argmax(dim=1) == held_out.y).float().mean()
    print(f"{course.samples_per_second:,.0f} samples/s")
    print(f"held-out accuracy {right:.2f} after epoch {course.best_epoch}")


if __name__ == "__main__":
    main()
