"""All that is made of each record that was explained, and of all of them at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.reports.explanation.against import AgainstFiles
    from graphkit.reports.explanation.files import ExplainFiles
    from graphkit.reports.explanation.genome import GenomeFiles
    from graphkit.reports.explanation.page import Page
    from graphkit.reports.explanation.variants import VariantFile
    from graphkit.tasks.explain.evaluate import Bench
    from graphkit.tasks.explain.explanation import Explanation


@dataclass(slots=True)
class Results:
    """What records go to, one by one.

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
        pairs = []
        if self.against is not None:
            pairs = self.against.add(explanation)
            more["against"] = [pair.row() for pair in pairs]
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
