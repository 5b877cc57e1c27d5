"""What a method for sequences is: a network, how sequences reach it, how it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from graphkit.training import BatchDataset, TrainSettings

    Codes = NDArray[np.uint8]


class SequenceMethod(nn.Module):
    """Base class of methods that classify sequences.

    A method of your own overrides everything below; it is handed to
    :class:`~graphkit.methods.SequenceClassifier` as a class and registered nowhere.

    Parameters
    ----------
    classes
        Class names, sorted.
    params
        An instance of `Params`.

    Attributes
    ----------
    name : str
        What model folders call it.
    reference : str
        DOI of where it comes from.
    Params : type
        Frozen dataclass of JSON-ready values, ``k`` among them.
    recipe : TrainSettings
        How it is trained unless something else is asked for.
    """

    name: ClassVar[str]
    reference: ClassVar[str]
    Params: ClassVar[type[Any]]
    recipe: ClassVar[TrainSettings]

    classes: tuple[str, ...]
    params: Any

    def __init__(self, classes: tuple[str, ...], params: Any = None) -> None:
        super().__init__()
        self.classes = tuple(classes)
        self.params = params

    @classmethod
    def inputs(
        cls,
        codes: Sequence[Codes],
        params: Any,
        *,
        y: Sequence[int] | None = None,
        source: Sequence[int] | None = None,
    ) -> BatchDataset:
        """Return sequences as :meth:`logits` reads them.

        Parameters
        ----------
        codes : sequence of ndarray [L]
            Encoded sequences.
        params
            An instance of `Params`.
        y, source
            Class and source of labels of each sequence, where known.
        """
        raise NotImplementedError

    @classmethod
    def training_inputs(
        cls,
        codes: Sequence[Codes],
        params: Any,
        *,
        y: Sequence[int],
        source: Sequence[int],
        seed: int,  # noqa: ARG003 - for methods that draw
    ) -> BatchDataset:
        """Return sequences as a training sees them; as they are, unless a method varies them."""
        return cls.inputs(codes, params, y=y, source=source)

    @classmethod
    def fresh(
        cls,
        classes: tuple[str, ...],
        params: Any,
        codes: Sequence[Codes],
        *,
        y: Sequence[int],
        source: Sequence[int],
        seed: int,
    ) -> Self:
        """Return a network with fresh weights and all that is fitted on its training records."""
        raise NotImplementedError

    def logits(
        self,
        data: Any,
        *,
        edge_weight: Tensor | None = None,
        node_count: Tensor | None = None,
        side: Tensor | None = None,
    ) -> Tensor:
        """Return class log-odds relative to the first class, ``[B, C]``.

        All that the logit depends on can be given in place of what `data` holds: this is the only
        thing an attribution calls.
        """
        raise NotImplementedError

    def embed(self, data: Any, **inputs: Tensor | None) -> Tensor:
        """Return embeddings ``[B, D]``."""
        raise NotImplementedError

    def step(self, batch: Any) -> dict[str, Tensor]:
        """Return the weighted terms of the loss on a labelled batch."""
        raise NotImplementedError

    def predict(self, data: Any) -> Tensor:
        """Return class probabilities ``[B, C]``."""
        return self.logits(data).softmax(dim=1)
