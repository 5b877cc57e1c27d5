"""Trained members of one method, and what they predict together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from graphkit import methods
from graphkit.errors import InputError
from graphkit.methods.base import kmer_length
from graphkit.sequences import as_records, examine
from graphkit.tasks.localize.predictions import OnError, Verdict, predict_records
from graphkit.types import Neighbor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from graphkit.methods import LncLocValue
    from graphkit.methods.base import SequenceMethod
    from graphkit.sequences import DomainOfUse
    from graphkit.sequences.records import Sequences
    from graphkit.tasks.localize.known_transcripts import KnownTranscripts
    from graphkit.tasks.localize.label_sets import LabelSets
    from graphkit.tasks.localize.quantity import Quantity
    from graphkit.tasks.nearest_index import NearestIndex
    from graphkit.training import BatchDataset, History
    from graphkit.types import Prediction, Record

METHODS = {
    "lncloc": "LncLoc",
    "lncloc-labels": "LncLocLabels",
    "lncloc-value": "LncLocValue",
    "sgcl-lncloc": "SGCLLncLoc",
}
"""Classes of :mod:`graphkit.methods` by the names that model folders and commands give them."""

_BATCH = 64
Average = Literal["logits", "probabilities"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ensemble:
    """Trained members of one method and all that their predictions need.

    Parameters
    ----------
    method, params, classes
        Class, parameters and class names of the members.
    members
        Networks in evaluation mode, at least one.
    temperature
        Divides the logits.
    quantity
        What a value means, of a method that predicts one.
    sets
        What makes sets of labels of logits, of a method that predicts labels.
    average
        What is averaged over members: ``"logits"``, or ``"probabilities"`` for published weights.
    known
        Sketches of the training transcripts, where they were kept.
    domain
        What the training transcripts are like, where there were enough to tell.
    index
        Parts of a :class:`~graphkit.NearestIndex` of measured training transcripts, where there is
        one: ``log2_CN``, or what else it is of, ``lines`` and a running number.
    evidence
        How many of them to show beside each prediction.
    about
        What the model card says in short.
    history
        Course of each training, where the members were trained here.
    held_out : ndarray [n, C], optional
        Logits of each training record by the member that did not see it; of a method that predicts
        a value, location and scale.
    """

    method: type[SequenceMethod]
    params: Any
    classes: tuple[str, ...]
    members: Sequence[SequenceMethod]
    temperature: float = 1.0
    quantity: Quantity | None = None
    sets: LabelSets | None = None
    average: Average = "logits"
    known: KnownTranscripts | None = None
    domain: DomainOfUse | None = None
    index: tuple[Mapping[str, Any], Mapping[str, Tensor]] | None = None
    evidence: int = 0
    about: Mapping[str, str] = field(default_factory=dict)
    history: Sequence[History] = ()
    held_out: NDArray[np.float64] | None = None

    @property
    def k(self) -> int:
        """Letters per k-mer; 1 of a method that reads letters."""
        return kmer_length(self.params)

    @property
    def unit(self) -> str:
        """What an explanation explains: log-odds, or the value that is predicted."""
        return "log-odds" if self.quantity is None else self.quantity.name

    @property
    def positive(self) -> str | None:
        """Class that positive scores speak for unless another is asked for.

        Of a value the higher one, of two classes the second, of more each record's own: None, as of
        labels.
        """
        if self.quantity is not None:
            return self.classes[0]
        return self.classes[1] if len(self.classes) == 2 and self.sets is None else None

    def predict_each(
        self, records: Sequences, *, uncertain: float | None = None, on_error: OnError = "skip"
    ) -> Iterator[Prediction]:
        """Yield one prediction per record, lazily and in order.

        Parameters
        ----------
        records
            What :func:`~graphkit.sequences.as_records` takes.
        uncertain, on_error
            As in :func:`~graphkit.tasks.localize.predictions.predict_records`.
        """
        return predict_records(
            as_records(records),
            self.judge,
            classes=self.classes,
            sets=self.sets,
            k=self.k,
            uncertain=uncertain,
            on_error=on_error,
            known=self.known,
            domain=self.domain,
            species=self.about.get("species"),
        )

    def to(self, device: str | torch.device) -> Self:
        """Move the members to `device`."""
        for member in self.members:
            member.to(device)
        return self

    def judge(self, codes: Sequence[NDArray[np.uint8]]) -> Verdict:
        """Return class probabilities and votes for encoded sequences ``[L]``, ``[n]``."""
        if self.quantity is None:
            logits = self.outputs(codes, self.method.logits)
            if self.sets is not None:
                return self.sets.judge(logits)
            return combine(logits, self.average, self.temperature)
        answers = self.outputs(codes, cast("type[LncLocValue]", self.method).answer)
        verdict = self.quantity.judge(answers, temperature=self.temperature)
        if not self.evidence or self.nearest is None:
            return verdict
        found = self.nearest.nearest(self.embed(codes), self.evidence)
        known = self.nearest.columns_
        parts = (found.labels, known[self.quantity.name][found.rows], known["lines"][found.rows])
        rows = zip(*(part.tolist() for part in (*parts, 1 - found.distances)), strict=True)
        return replace(verdict, nearest=[tuple(map(Neighbor, *row)) for row in rows])

    @cached_property
    def nearest(self) -> NearestIndex | None:
        """The index of measured training transcripts; made when it is first asked for."""
        from graphkit.tasks.nearest_index import NearestIndex

        return None if self.index is None else NearestIndex.of_parts(*self.index)

    def asked(
        self,
        *,
        threshold: float | None = None,
        cell_line: str | None = None,
        evidence: int | None = None,
    ) -> Self:
        """Return the same ensemble with another threshold, for one cell line, or with evidence.

        Raises
        ------
        InputError
            If it predicts no value, or there is no such line.
        """
        if evidence is not None:
            return replace(self, evidence=evidence).asked(threshold=threshold, cell_line=cell_line)
        if threshold is None and cell_line is None:
            return self
        if self.quantity is None:
            raise InputError(
                "the model predicts classes, no value",
                slot="threshold" if cell_line is None else "cell_line",
                remedy="Leave it out, or use a model that was trained on values.",
            )
        return replace(self, quantity=self.quantity.asked(threshold=threshold, line=cell_line))

    def row(self, prediction: Prediction) -> dict[str, object]:
        """Return a prediction as a row of the table."""
        return prediction.row(self.classes, self.quantity.columns if self.quantity else ())

    def embed(self, codes: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return embeddings of encoded sequences, ``[n, M D]``, those of members side by side."""
        return self.outputs(codes, self.method.embed).flatten(1).float().numpy()

    def outputs(
        self, codes: Sequence[NDArray[np.uint8]], face: Callable[[Any, Any], Tensor]
    ) -> Tensor:
        """Return what :func:`member_outputs` makes of encoded sequences, ``[n, M, ...]``."""
        return member_outputs(self.members, self.method.inputs(codes, self.params), face)


def find_method(method: str | type[SequenceMethod]) -> type[SequenceMethod]:
    """Return the class of a method given by name or as itself.

    Raises
    ------
    InputError
        If there is no method of that name.
    """
    if not isinstance(method, str):
        return method
    if method not in METHODS:
        choices = ", ".join(METHODS)
        raise InputError(f"no method {method!r}", slot="method", remedy=f"Choose of: {choices}.")
    found: type[SequenceMethod] = getattr(methods, METHODS[method])
    return found


def member_seed(seed: int, member: int) -> int:
    """Return the seed of one member, which no other seed of an ensemble gives to any of its own.

    Examples
    --------
    >>> member_seed(0, 1) == member_seed(1, 0)
    False
    """
    return int(np.random.SeedSequence([seed, member]).generate_state(1)[0])


def encode_all(records: Sequence[Record], params: Any) -> list[NDArray[np.uint8]]:
    """Return the encoded sequences of `records`, as a method with `params` can use them.

    Raises
    ------
    InputError
        At the first record that cannot be used.
    """
    encoded = []
    for record in records:
        found = examine(record, k=kmer_length(params))
        if found.codes is None:
            raise InputError(
                found.reason or "no sequence",
                record=record.id,
                line=record.line,
                remedy="Remove the record.",
            )
        encoded.append(found.codes)
    return encoded


def member_outputs(
    members: Sequence[nn.Module], data: BatchDataset, face: Callable[[Any, Any], Tensor]
) -> Tensor:
    """Apply `face` to each member and each record, in float64.

    What is computed of a record depends in its last bits on the shape of the batch and on the
    number of threads. In float64 that is some 1e-15, and once in about 10^9 values it reaches the
    six digits that are shown: a record's row does not depend on its neighbours. Parameters stay
    in float32, in which they were learned.

    Parameters
    ----------
    members
        Networks.
    data
        Records as the members read them.
    face
        Takes a member and a batch.

    Returns
    -------
    Tensor [n, M, ...]
        On the CPU.
    """
    outputs = []
    with torch.inference_mode():
        for member in members:
            called = _Called(member, face)
            device = next(member.parameters()).device
            exact = _in_double(device)
            state = {name: exact(tensor) for name, tensor in called.state_dict().items()}
            batches: Iterator[Any] = (data[rows].to(device) for rows in _batches(len(data)))
            parts = [functional_call(called, state, batch.apply(exact)) for batch in batches]
            outputs.append(torch.cat(parts).cpu())
    return torch.stack(outputs, dim=1)


class _Called(nn.Module):
    """One face of a member as a module's call, so that it can be called with other parameters."""

    def __init__(self, member: nn.Module, face: Callable[[Any, Any], Tensor]) -> None:
        super().__init__()
        self.member, self.face = member, face

    def forward(self, batch: Any) -> Tensor:
        return self.face(self.member, batch)


def _in_double(device: torch.device) -> Callable[[Tensor], Tensor]:
    """Return what widens floating-point tensors, where the device has float64: MPS has none."""
    if device.type == "mps":
        return lambda tensor: tensor
    return lambda tensor: tensor.double() if tensor.is_floating_point() else tensor


def _batches(n: int) -> list[list[int]]:
    return [list(range(first, min(first + _BATCH, n))) for first in range(0, n, _BATCH)]


def combine(logits: Tensor, average: Average, temperature: float) -> Verdict:
    """Turn members' logits into one verdict per record.

    Parameters
    ----------
    logits : Tensor [n, M, C]
        Logits of each member.
    average
        ``"logits"``: the mean logits over the temperature are what an explanation explains;
        ``"probabilities"``: as the published SGCL-LncLoc does.
    temperature
        Divides the logits.

    Examples
    --------
    >>> combine(torch.tensor([[[0.0, 2.0], [0.0, -1.0]]]), "logits", 1.0).votes
    array([[1, 0]])
    """
    scaled = logits.double() / temperature
    if average == "logits":
        probabilities = scaled.mean(dim=1).softmax(dim=1)
    else:
        probabilities = scaled.softmax(dim=2).mean(dim=1)
    return Verdict(probabilities.numpy(), logits.argmax(dim=2).numpy())
