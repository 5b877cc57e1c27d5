"""The page of ``graphkit explain``: what the model relies on, in pictures and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphkit.errors import printable
from graphkit.reports.pages import inline_svg, render
from graphkit.sequences.names import column_name, file_stem
from graphkit.tasks.explain.settings import CAUTION, against, colors_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graphkit.origin import Origin
    from graphkit.tasks.explain.explanation import Explanation
    from graphkit.tasks.explain.settings import Run

MOST_ROWS = 1_000
MOST_SEQLETS = 8
# Where scores do not add up, they are per no nucleotide.
UNITS = {
    "gradients": "{} per nt",
    "mutagenesis": "fall of {}",
    "occlusion": "fall of {}",
    "attention": "share per nt",
}
METHODS = {
    "gradients": "integrated gradients over everything the networks read",
    "mutagenesis": "every substitution of every nucleotide",
    "occlusion": "windows of the transcript shuffled away",
    "attention": "attention of the networks, a view that is no evidence of what moves the answer",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One record as the page shows it, every text cut and printable, no array kept."""

    number: int
    id: str
    names: str
    status: str
    numbers: Mapping[str, object] | None
    seqlets: tuple[tuple[str, int, int, float, float], ...] = ()
    n_seqlets: int = 0
    picture: str = ""
    genome: str = ""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Page:
    """Collect records as they pass; what is kept does not grow with the input.

    Parameters
    ----------
    folder
        Where the results go; pictures go to ``tracks`` in it.
    run
        What was asked for.
    """

    folder: Path
    run: Run
    rows: list[Row] = field(default_factory=list)
    n_records: int = 0
    n_explained: int = 0
    first_refused: str = ""
    _n_drawn: int = 0

    def add(self, explanation: Explanation, *, genome: str = "") -> str:
        """Take in one record and draw it where there is room; return the name of its picture.

        Parameters
        ----------
        explanation
            Explained or refused.
        genome
            Where it lies in the genome.
        """
        self.n_records += 1
        self.n_explained += explanation.explained
        if not explanation.explained and not self.first_refused:
            self.first_refused = (
                f"{column_name(explanation.id, explanation.number)}: {explanation.status}"
            )
        picture = ""
        if explanation.explained and self._n_drawn < self.run.n_tracks:
            picture = self._draw(explanation)
        if picture or len(self.rows) < MOST_ROWS:
            self.rows.append(_row(explanation, picture, genome))
        return picture

    def render(self, origin: Origin, faithfulness: Sequence[Mapping[str, object]] = ()) -> str:
        """Return the page.

        Parameters
        ----------
        origin
            How the results were made.
        faithfulness
            Rows of the table of tests, where they were asked for.
        """
        return render(
            "explanation.html.jinja",
            origin=origin,
            run=self.run,
            source=printable(self.run.source, limit=120),
            model=printable(self.run.model, limit=120),
            how=METHODS[self.run.method],
            caution=CAUTION,
            page=self,
            pictures={
                row.number: inline_svg(self.folder / row.picture)
                for row in self.rows
                if row.picture
            },
            faithfulness=faithfulness,
            colors_of=colors_of,
        )

    def _draw(self, explanation: Explanation) -> str:
        from graphkit.plots import save_figure, track_figure

        folder = self.folder / "tracks"
        folder.mkdir(exist_ok=True)
        target = str(explanation.target)
        stem = file_stem(explanation.id, explanation.number)
        track = explanation.track
        figure = track_figure(
            track.scores,
            track.codes,
            # The stem holds no letter that a picture would read as a formula or as markup.
            title=stem,
            seqlets=explanation.seqlets,
            unit=UNITS[self.run.method].format(self.run.unit),
            unsigned="attention, no evidence" if self.run.method == "attention" else None,
            favours=(against(self.run.classes, target), target),
            colors=colors_of(self.run.classes, target),
            windows=explanation.windows,
        )
        save_figure(figure, folder / f"{stem}.svg")
        self._n_drawn += 1
        return f"tracks/{stem}.svg"


def _row(explanation: Explanation, picture: str, genome: str) -> Row:
    strongest = sorted(explanation.seqlets, key=lambda seqlet: -abs(seqlet.score))[:MOST_SEQLETS]
    names = [printable(name, limit=40) for name in (explanation.symbol, explanation.gene) if name]
    return Row(
        number=explanation.number,
        id=printable(explanation.id, limit=90),
        names=" · ".join(names),
        status=printable(explanation.status.removeprefix("not_explained: "), limit=300),
        numbers=explanation.row() if explanation.explained else None,
        seqlets=tuple(
            (explanation.sequence[s.start : s.end], s.start, s.end, s.score, s.q) for s in strongest
        ),
        n_seqlets=len(explanation.seqlets),
        picture=picture,
        genome=printable(genome, limit=300),
        notes=tuple(printable(note, limit=300) for note in explanation.warnings),
    )
