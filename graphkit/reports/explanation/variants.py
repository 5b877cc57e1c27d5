"""Write the table of variants' effects, record by record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.reports.explanation.tables import put
from graphkit.reports.tables import table_line
from graphkit.sequences.vcf import LiftedVariants
from graphkit.tasks.explain.variants import VariantEffect, score_variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphkit.reports.explanation.files import ExplainFiles
    from graphkit.sequences import VariantTable
    from graphkit.tasks.explain.explanation import Explanation
    from graphkit.tasks.localize.model import SequenceModel

NAME = "variants.tsv"


class VariantFile:
    """Score the variants of each record that passes, and write a row for each.

    Parameters
    ----------
    table
        What to score.
    model
        What predicts.
    files
        The folder they go to.
    unit
        Of what is predicted: names the columns.
    """

    def __init__(
        self,
        table: VariantTable | LiftedVariants,
        model: SequenceModel,
        files: ExplainFiles,
        *,
        unit: str,
    ) -> None:
        self._table = table
        self._model = model
        self._file = files.open(NAME)
        self._first_refused = ""
        self.n_scored = self.n_refused = 0
        name = unit.replace("-", "_")
        self._more = ("genome",) if isinstance(table, LiftedVariants) else ()
        columns = ("id", "position", "ref", "alt", "status", name, f"{name}_change")
        put(self._file, [table_line((*columns, *self._more))])

    def add(self, explanation: Explanation) -> None:
        """Score and write the variants of one record."""
        if found := self._table.of(explanation.record):
            self._write(score_variants(self._model, explanation, found))

    def finish(self) -> Iterator[str]:
        """Write what no record was there for; yield what to warn of.

        Raises
        ------
        InputError
            If no record has a variant.
        """
        absent = "not_scored: its transcript is not in the input"
        self._write(VariantEffect(variant, absent) for variant in self._table.missing())
        yield from self._table.refused()
        if self.n_refused:
            yield f"{self.n_refused:,} variants not scored, the first {self._first_refused}"

    def _write(self, effects: Iterable[VariantEffect]) -> None:
        for effect in effects:
            scored = effect.change is not None
            self.n_scored += scored
            self.n_refused += not scored
            one = effect.variant
            if not (scored or self._first_refused):
                reason = effect.status.removeprefix("not_scored: ")
                self._first_refused = f"{one.id}:{one.position}{one.ref}>{one.alt}: {reason}"
            put(self._file, [table_line((*effect.row(), *([one.name] if self._more else [])))])
