"""What a trained ensemble can do, wherever its members come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from graphkit.errors import InputError
from graphkit.methods.ensemble import Average, combine, encode_all, member_outputs
from graphkit.methods.prediction import OnError, Verdict, predict_records
from graphkit.types import Prediction, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    import pandas as pd
    import torch
    from numpy.typing import NDArray

    from graphkit.methods.base import SequenceMethod
    from graphkit.methods.known import KnownTranscripts
    from graphkit.training import BatchDataset

    Codes = NDArray[np.uint8]


class Predictor:
    """Members of one method that predict together; none as long as nothing was fitted or loaded.

    Parameters
    ----------
    method
        Class of the members.
    params
        Parameters of the members.
    """

    def __init__(self, method: type[SequenceMethod], params: Any) -> None:
        self.method = method
        self.params = params
        self.k = params.k
        self.classes_: tuple[str, ...] = ()
        self.members_: list[SequenceMethod] = []
        self.temperature_ = 1.0
        self.average_: Average = "logits"
        self.known_: KnownTranscripts | None = None
        self.about_: dict[str, str] = {}

    def predict_each(
        self, records: Iterable[Record], *, uncertain: float = 0.6, on_error: OnError = "skip"
    ) -> Iterator[Prediction]:
        """Yield one prediction per record, lazily and in order; see :meth:`predict`."""
        self._need_members()
        return predict_records(
            records,
            self._judge,
            classes=self.classes_,
            k=self.k,
            uncertain=uncertain,
            on_error=on_error,
            known=self.known_,
        )

    def predict(
        self, records: Iterable[Record], *, uncertain: float = 0.6, on_error: OnError = "skip"
    ) -> pd.DataFrame:
        """Return a table with one row per record.

        ``known_label`` is no prediction: it is the measured label of the training transcript that
        the record is identical or nearly identical to, and ``similarity`` says how nearly. The
        prediction beside it has seen that transcript, so the two are no evidence for one another.

        Parameters
        ----------
        records
            Records, for example from :func:`graphkit.read_fasta`.
        uncertain
            Below this probability of the best class the label is ``"uncertain"``.
        on_error
            ``"skip"`` gives a record that cannot be used a row that says why; ``"fail"`` raises.

        Raises
        ------
        InputError
            If nothing was fitted, or a record cannot be used and `on_error` is ``"fail"``.
        """
        import pandas as pd

        rows = self.predict_each(records, uncertain=uncertain, on_error=on_error)
        empty = Prediction("", None, None, 0, "")
        return pd.DataFrame(
            [prediction.row(self.classes_) for prediction in rows],
            columns=list(empty.row(self.classes_)),
        )

    def transform(self, records: Iterable[Record]) -> NDArray[np.float32]:
        """Return embeddings ``[n, M D]``: those of the M members side by side.

        Raises
        ------
        InputError
            If nothing was fitted or a record cannot be used.
        """
        self._need_members()
        data = self._inputs(encode_all(list(records), k=self.k))
        embedded = member_outputs(self.members_, data, self.method.embed)
        return embedded.flatten(1).float().numpy()

    def to(self, device: str | torch.device) -> Self:
        """Move the members to `device`."""
        for member in self.members_:
            member.to(device)
        return self

    def _judge(self, codes: list[Codes]) -> Verdict:
        logits = member_outputs(self.members_, self._inputs(codes), self.method.logits)
        return combine(logits, self.average_, self.temperature_)

    def _inputs(self, codes: list[Codes]) -> BatchDataset:
        return self.method.inputs(codes, self.params)

    def _need_members(self) -> None:
        if not self.members_:
            raise InputError("the model is not fitted", remedy="Call fit() or load a model.")
