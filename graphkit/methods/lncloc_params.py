"""Parameters of LncLoc."""

from __future__ import annotations

from dataclasses import dataclass

from graphkit.builders import CropParams, Region, RegionBuilder
from graphkit.errors import InputError
from graphkit.training import TrainSettings

TRAINING = TrainSettings(
    epochs=16,
    batch_size=64,
    lr=3e-3,
    warmup_epochs=2,
    decay=0.2,
    weight_decay=1e-2,
    restore_best=False,
)


@dataclass(frozen=True)
class LncLocParams:
    """Parameters of :class:`~graphkit.methods.LncLoc`.

    Parameters
    ----------
    k, k_ends
        Letters per k-mer in the graph of the whole transcript and in those of its ends.
    five_prime, three_prime
        Lengths of the 5' and of the 3' ends that get a graph of their own, in nucleotides.
    dim, width, width_ends, heads, hidden
        Numbers per node feature, per node of the whole's and of the ends' graphs, attention heads,
        hidden units behind the readouts.
    dropout, node_dropout
        Dropout behind the readouts, and on node features.
    smoothing
        How far labels are moved towards even odds: they are noisy.
    crop, smallest_crop, jitter
        See :class:`~graphkit.builders.CropParams`.
    """

    k: int = 3
    k_ends: int = 2
    five_prime: tuple[int, ...] = (200, 800)
    three_prime: tuple[int, ...] = (400,)
    dim: int = 16
    width: int = 32
    width_ends: int = 16
    heads: int = 4
    hidden: int = 32
    dropout: float = 0.3
    node_dropout: float = 0.1
    smoothing: float = 0.1
    crop: float = 0.5
    smallest_crop: float = 0.5
    jitter: float = 0.3

    def __post_init__(self) -> None:
        for name in ("five_prime", "three_prime"):
            # JSON knows lists only.
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("dim", "width", "width_ends", "heads", "hidden"):
            value = getattr(self, name)
            if not 1 <= value <= 1024:
                raise InputError(f"{name} = {value}", slot=name, remedy="Choose 1 to 1024.")
        for name in ("width", "width_ends"):
            if getattr(self, name) % self.heads:
                raise InputError(f"is no multiple of {self.heads} heads", slot=name)
        if len(self.five_prime) + len(self.three_prime) > 16:
            raise InputError("more than 16 ends", slot="five_prime")
        for name in ("dropout", "node_dropout", "smoothing"):
            value = getattr(self, name)
            if not 0 <= value < 1:
                raise InputError(f"{name} = {value}", slot=name, remedy="Choose 0 to below 1.")
        self.builder()

    def builder(self) -> RegionBuilder:
        """Return the builder of the regions these parameters name."""
        five = [Region("5'", length, self.k_ends) for length in self.five_prime]
        three = [Region("3'", length, self.k_ends) for length in self.three_prime]
        return RegionBuilder((Region(k=self.k), *five, *three))

    def crops(self) -> CropParams:
        """Return how much transcripts vary in training."""
        return CropParams(self.crop, self.smallest_crop, self.jitter)
