"""Write scores and seqlets in genome coordinates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.reports.explanation.tables import bed12_lines, put
from graphkit.sequences import read_fasta
from graphkit.sequences.genome import is_annotation, read_annotation
from graphkit.sequences.names import column_name
from graphkit.tasks.explain.settings import colors_of
from graphkit.types import Scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.reports.explanation.files import ExplainFiles
    from graphkit.sequences.annotation import Annotation
    from graphkit.sequences.coordinates import Exons
    from graphkit.tasks.explain.explanation import Explanation

MOST_TOLD = 10


def annotation_of(path: Path, *sources: str) -> Annotation:
    """Read the exons of the records of `sources`; of all transcripts where one is no FASTA.

    Raises
    ------
    InputError
        Naming the file and the line that cannot be used.
    """
    # Standard input and pipes are read once only, and transcripts of an annotation are all wanted.
    again = all(Path(one).is_file() and not is_annotation(one) for one in sources)
    ids = (record.id for one in sources for record in read_fasta(one))
    return read_annotation(path, wanted=ids if again else None)


class GenomeFiles:
    """Write scores and seqlets of records whose exons are known; remember the others.

    Parameters
    ----------
    annotation
        Exons by transcript.
    files
        The folder they go to.
    classes : tuple of str [C]
        Of the model.
    """

    def __init__(
        self, annotation: Annotation, files: ExplainFiles, classes: tuple[str, ...]
    ) -> None:
        self._annotation = annotation
        self._classes = classes
        self._bedgraph = files.open("scores.genome.bedgraph")
        self._bed12 = files.open("seqlets.bed12")
        self.n_placed = 0
        self.n_missing = 0
        self.told: list[str] = []

    def add(self, explanation: Explanation) -> str:
        """Write what can be written of one record; say where it lies, or why nobody knows.

        Parameters
        ----------
        explanation
            One without scores is passed over.
        """
        if not explanation.explained:
            return ""
        name = column_name(explanation.id, explanation.number)
        try:
            exons = self._annotation.place(explanation.record)
        except InputError as error:
            self.n_missing += 1
            if len(self.told) < MOST_TOLD:
                self.told.append(f"{name} {error.reason}")
            return f"not placed in the genome: {error.reason}"
        self.n_placed += 1
        self._write(name, explanation, exons)
        return self._place(exons)

    def _write(self, name: str, explanation: Explanation, exons: Exons) -> None:
        order = 1 if exons.strand == "+" else -1
        positions = exons.positions(0, exons.length)[::order].tolist()
        scores = Scores(explanation.track.scores[::order], positions)
        # Isoforms of one gene overlap in the genome, and a bedGraph must not: a track for each.
        head = 'track type=bedGraph name="{}"\n'.format(name.replace('"', "'"))
        put(self._bedgraph, [head, scores.to_bedgraph(exons.chromosome)])
        colors = colors_of(self._classes, str(explanation.target))
        letters, seqlets = explanation.sequence, explanation.seqlets
        put(self._bed12, bed12_lines(name, letters, seqlets, exons, colors=colors))

    def _place(self, exons: Exons) -> str:
        start, end = exons.spans[0][0], exons.spans[-1][1]
        n = len(exons.spans)
        where = f"{exons.chromosome}:{start + 1:,}-{end:,} ({exons.strand})"
        other = self._annotation.elsewhere(exons)
        also = "" if other is None else f"; the annotation also has it on {other}"
        return f"{where}, {n} exon{'s' * (n != 1)}{also}"

    def tell(self) -> Iterator[str]:
        """Yield what to warn of: records that could not be placed."""
        for text in self.told:
            yield f"not placed in the genome: {text}"
        if self.n_missing > len(self.told):
            yield f"{self.n_missing - len(self.told):,} more were not placed either"
        if self.n_missing and not self.n_placed:
            yield "no record could be placed: are sequences and annotation of the same release?"
