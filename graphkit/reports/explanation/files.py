"""Fill the folder of ``graphkit explain``, record by record."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from graphkit.reports.explanation.tables import (
    BED_COLUMNS,
    SCORE_COLUMNS,
    bed_lines,
    put,
    score_lines,
)
from graphkit.sequences.names import column_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from graphkit.reports.explanation.against import AgainstFiles
    from graphkit.reports.explanation.genome import GenomeFiles
    from graphkit.reports.explanation.page import Page
    from graphkit.reports.explanation.variants import VariantFile
    from graphkit.tasks.explain.comparison import Comparison
    from graphkit.tasks.explain.evaluate import Bench
    from graphkit.tasks.explain.explanation import Explanation

SUMMARY = "explanation.json"


class ExplainFiles:
    """Files of position scores, open for as long as records come.

    Parameters
    ----------
    folder
        An empty folder.
    run
        What was asked for; plain JSON values. It stands above the records of the summary.
    """

    def __init__(self, folder: Path, run: Mapping[str, object]) -> None:
        self._folder = folder
        self._run = run
        self._stack = ExitStack()
        self._n_records = 0

    def __enter__(self) -> ExplainFiles:
        with self._stack:
            self._scores = self.open("scores.tsv")
            self._bedgraph = self.open("scores.bedgraph")
            self._bed = self.open("seqlets.bed")
            self._summary = self.open(SUMMARY)
            self._scores.write(("\t".join(SCORE_COLUMNS) + "\n").encode())
            self._bed.write(("\t".join(BED_COLUMNS) + "\n").encode())
            head = json.dumps(self._run, indent=2).removesuffix("\n}")
            self._summary.write(f'{head},\n  "records": ['.encode())
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def open(self, name: str) -> BinaryIO:
        """Open one more file of the folder until the end."""
        return self._stack.enter_context((self._folder / name).open("xb"))

    def write(self, explanation: Explanation, more: Mapping[str, object]) -> None:
        """Write one record everywhere it belongs.

        Parameters
        ----------
        explanation
            Refused records stand in the summary alone.
        more
            What the summary says beyond the numbers of the explanation.
        """
        if explanation.scores is not None:
            name = column_name(explanation.id, explanation.number)
            put(self._scores, score_lines(name, explanation.sequence, explanation.scores.values))
            put(self._bedgraph, [explanation.scores.to_bedgraph(name)])
            put(self._bed, bed_lines(name, explanation.sequence, explanation.seqlets))
        row = {
            "number": explanation.number,
            **explanation.row(),
            "warnings": list(explanation.warnings),
            "side": dict(explanation.side),
            "windows": {
                name: {"start": start, "end": end, "adds": adds}
                for name, start, end, adds in explanation.windows
            },
            "n_seqlets": len(explanation.seqlets),
            **more,
        }
        comma = "," if self._n_records else ""
        self._summary.write(f"{comma}\n    {_json(row)}".encode())
        self._n_records += 1

    def finish(self, more: Mapping[str, object]) -> None:
        """End the summary with what is known of the whole run."""
        tail = "".join(f",\n  {json.dumps(key)}: {_json(value)}" for key, value in more.items())
        self._summary.write(f"\n  ]{tail}\n}}\n".encode())


@dataclass(slots=True)
class Results:
    """Protocol of what records are written to, one by one.

    Parameters
    ----------
    files, page
        Always made.
    genome, variants, against, bench
        Made where asked for.
    """

    files: ExplainFiles
    page: Page
    genome: GenomeFiles | None = None
    variants: VariantFile | None = None
    against: AgainstFiles | None = None
    bench: Bench | None = None

    def add(self, explanation: Explanation) -> None:
        """Write and draw one record."""
        more: dict[str, object] = {"genome": ""}
        if explanation.record.file:
            more["file"] = explanation.record.file
        if self.genome is not None:
            more["genome"] = self.genome.add(explanation)
        pairs: list[Comparison] = []
        if self.against is not None:
            pairs, more["against"] = self.against.add(explanation)
        picture = self.page.add(explanation, genome=str(more["genome"]), against=pairs)
        self.files.write(explanation, {"track": picture, **more})
        if self.variants is not None:
            self.variants.add(explanation)
        if self.bench is not None:
            self.bench.add(explanation)

    def finish(self) -> Iterator[str]:
        """Yield what to warn of.

        Raises
        ------
        InputError
            If there was nothing to compare with, or no variant of any record.
        """
        if self.genome is not None:
            yield from self.genome.tell()
        if self.variants is not None:
            yield from self.variants.finish()
        if self.against is not None:
            yield from self.against.finish()

    def counts(self) -> Iterator[str]:
        """Yield how much was made of what was asked for."""
        if self.variants is not None:
            yield f"{self.variants.n_scored:,} variants scored"
        if self.against is not None:
            yield f"{self.against.n_compared:,} pairs compared"


def _json(value: Any) -> str:
    return json.dumps(_plain(value))


def _plain(value: Any) -> Any:
    """Return plain JSON values; JSON has no NaN, and its readers refuse one."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
