"""Localize, embed and explain transcripts on a Ray cluster."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from graphkit.distributed.engine import EXPLAINED, answers
from graphkit.sequences import as_records
from graphkit.tasks.explain import explain as one_process
from graphkit.tasks.localize.predictions import as_table
from graphkit.tasks.verbs import embed_each, embedding

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from anndata import AnnData

    from graphkit.sequences.records import Sequences
    from graphkit.tasks.explain.explanation import Explanation
    from graphkit.tasks.localize.ensemble import Ensemble
    from graphkit.tasks.localize.model import SequenceModel
    from graphkit.tasks.localize.predictions import OnError


def localize(
    model: SequenceModel,
    records: Sequences,
    *,
    address: str = "local",
    workers: int | None = None,
    uncertain: float | None = None,
    on_error: OnError = "skip",
    **asked: Any,
) -> pd.DataFrame:
    """Predict where transcripts sit, as :func:`graphkit.localize` does, on many cores.

    Parameters
    ----------
    model, records, uncertain, on_error, asked
        As :meth:`graphkit.SequenceClassifier.localize` takes them.
    address, workers
        Which cluster, and how much of it, as in :func:`~graphkit.distributed.engine.answers`.

    Raises
    ------
    InputError
        As :meth:`graphkit.SequenceClassifier.localize` and
        :func:`~graphkit.distributed.engine.answers`.
    """
    ensemble: Ensemble = model.fitted("ensemble_").asked(**asked)
    task = partial(ensemble.predict_each, uncertain=uncertain, on_error=on_error)
    found = answers(task, as_records(records), address=address, workers=workers)
    return as_table(found, ensemble.row)


def embed(
    model: SequenceModel,
    records: Sequences,
    *,
    address: str = "local",
    workers: int | None = None,
    **how: Any,
) -> AnnData:
    """Embed transcripts, as :func:`graphkit.embed` does, on many cores.

    Parameters and errors are those of :func:`localize`; records that cannot be read are left out.
    """
    ensemble: Ensemble = model.fitted("ensemble_")
    task = partial(embed_each, ensemble, **how)
    found = answers(task, as_records(records), address=address, workers=workers)
    return embedding(ensemble, found)


def explain(
    model: SequenceModel,
    records: Sequences,
    *,
    address: str = "local",
    workers: int | None = None,
    **how: Any,
) -> Iterator[Explanation]:
    """Yield one explanation per record, as :func:`graphkit.explain` does, from many cores.

    Parameters
    ----------
    model, records, how
        As :func:`graphkit.explain` takes them.
    address, workers
        As in :func:`localize`.

    Raises
    ------
    InputError
        As :func:`graphkit.explain` and :func:`~graphkit.distributed.engine.answers`.
    """
    one_process.explain(model, [], **how)  # says at once what makes no sense
    task = partial(one_process.explain, model, **how)
    return answers(task, as_records(records), address=address, workers=workers, size=EXPLAINED)
