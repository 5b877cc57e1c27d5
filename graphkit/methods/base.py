"""Define a method for sequences: a network, its inputs and its start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar, cast

import torch
from torch import Tensor, nn

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from graphkit.builders import SequenceBuilder
    from graphkit.training import BatchDataset, TrainSettings

    Codes = NDArray[np.uint8]

Made = TypeVar("Made")


class SequenceMethod(nn.Module):
    """Base class of methods that say something of sequences.

    A method of your own overrides :meth:`builder`, :meth:`logits` and :meth:`step`, and of the rest
    what it does otherwise; it is handed to :class:`~graphkit.tasks.SequenceClassifier` as a class
    and registered nowhere.

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
        Frozen dataclass of JSON-ready values; where ``k`` is among them, a record must have 20
        k-mers, else 20 letters.
    recipe : TrainSettings
        How it is trained unless something else is asked for.
    predicts : str
        ``"classes"``, or ``"value"`` for a method that predicts a number and has two classes, the
        higher and the lower; it has an ``answer`` like
        :meth:`LncLocValue.answer <graphkit.methods.LncLocValue.answer>`; or ``"labels"`` for one
        whose classes are labels, of which a record may have several or none.
    several : type or None
        The method that predicts labels in place of one that predicts classes, where there is one.
    """

    name: ClassVar[str]
    reference: ClassVar[str]
    Params: ClassVar[type[Any]]
    recipe: ClassVar[TrainSettings]
    predicts: ClassVar[Literal["classes", "value", "labels"]] = "classes"
    several: ClassVar[type[SequenceMethod] | None] = None

    classes: tuple[str, ...]
    params: Any

    def __init__(self, classes: tuple[str, ...], params: Any = None) -> None:
        super().__init__()
        self.classes = tuple(classes)
        self.params = params

    @classmethod
    def builder(cls, params: Any) -> SequenceBuilder | None:  # noqa: ARG003 - for methods with one
        """Return what turns sequences into graphs and says what those came from.

        None for a method that makes its own :meth:`inputs` instead: it cannot be explained by
        gradients or attention.
        """
        return None

    @classmethod
    def inputs(
        cls,
        codes: Sequence[Codes],
        params: Any,
        *,
        y: Sequence[int] | None = None,
    ) -> BatchDataset:
        """Return sequences as :meth:`logits` reads them.

        Parameters
        ----------
        codes : sequence of ndarray [L]
            Encoded sequences.
        params
            An instance of `Params`.
        y
            Class of each sequence, where known, or what was measured of it.
        """
        builder = cls.builder(params)
        if builder is None:
            raise NotImplementedError
        return cast("BatchDataset", builder.inputs(codes, y=y))

    @classmethod
    def training_inputs(
        cls,
        codes: Sequence[Codes],
        params: Any,
        *,
        y: Sequence[int],
        seed: int,  # noqa: ARG003 - for methods that draw
    ) -> BatchDataset:
        """Return sequences as a training sees them; as they are, unless a method varies them."""
        return cls.inputs(codes, params, y=y)

    @classmethod
    def fresh(
        cls,
        classes: tuple[str, ...],
        params: Any,
        codes: Sequence[Codes],  # noqa: ARG003 - for methods that fit something on them
        *,
        y: Sequence[int],  # noqa: ARG003
        seed: int,
    ) -> Self:
        """Return a network with fresh weights and all that is fitted on its training records."""
        return with_seed(seed, lambda: cls(classes, params))

    def logits(self, data: Any, *args: Any, **inputs: Any) -> Tensor:
        """Return what speaks for each class, ``[B, C]``: log-odds relative to the first class.

        A method that predicts a value gives that for the first class and 0 for the other, one that
        predicts labels the log-odds of each.

        All that the logit depends on, the builder's ``variables`` and ``side``, can be given by
        name in place of what `data` holds: this is the only thing an attribution calls.
        """
        raise NotImplementedError

    def side_baseline(self) -> Tensor | None:
        """Return length and composition of the training records, ``[S]``; None where unknown."""
        return None

    def average(self, data: Any) -> dict[str, Tensor] | None:  # noqa: ARG002
        """Return what the average training record has in place of `data`, a batch of one.

        The builder's variables by name, of a record as long as that of `data`; None where the
        method does not know. What an average record owes is then nobody's own.
        """
        return None

    def attention(self, data: Any) -> Tensor:  # noqa: ARG002 - for methods that have one
        """Return how the readout weighs the units of one sequence, ``[U]``.

        Units are numbered as the builder's provenance has them, for a de Bruijn graph its edges
        (0 where they have no attention), followed by its nodes.
        """
        raise InputError(self.refusal("attention") or "no attention", slot="method")

    def refusal(self, way: str) -> str | None:
        """Return why ``"gradients"`` or ``"attention"`` cannot explain this network, else None."""
        name = type(self).__name__
        if way == "attention" and type(self).attention is SequenceMethod.attention:
            return f"{name} shows no attention"
        if self.builder(self.params) is None:
            return f"{name} has no builder that says what its graphs came from"
        return None

    def embed(self, data: Any, **inputs: Tensor | None) -> Tensor:
        """Return embeddings ``[B, D]``."""
        raise NotImplementedError

    def step(self, batch: Any) -> dict[str, Tensor]:
        """Return the weighted terms of the loss on a labelled batch."""
        raise NotImplementedError


def kmer_length(params: Any) -> int:
    """Return the letters per k-mer of a method's parameters; 1 where they have no k."""
    return int(getattr(params, "k", 1))


def with_seed(seed: int, make: Callable[[], Made]) -> Made:
    """Return what `make` returns with torch seeded; the global generator is left as it was."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return make()


def labels_of(batch: Any) -> Tensor:
    """Return the labels of a batch.

    Raises
    ------
    InputError
        If it has none.
    """
    if batch.y is None:
        raise InputError("a batch without labels cannot be trained on", slot="y")
    labels: Tensor = batch.y
    return labels
