"""Make the page of ``graphkit explain``: what the model relies on, in pictures and in words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graphkit.errors import printable
from graphkit.reports.explanation.against import MOST_SHOWN, stretches
from graphkit.reports.localization import interval, two_digits
from graphkit.reports.pages import inline_svg, places, render
from graphkit.sequences.alignment import align, stack
from graphkit.sequences.names import column_name, file_stem
from graphkit.tasks.explain.settings import CAUTION, against, colors_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from graphkit.origin import Origin
    from graphkit.tasks.explain.comparison import Comparison
    from graphkit.tasks.explain.explanation import Explanation
    from graphkit.tasks.explain.settings import Run
    from graphkit.types import Prediction, Window

MOST_ROWS = 1_000
MOST_SEQLETS = 8
MOST_ISOFORMS = 8  # of one gene in one picture
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

ORDERS = {
    "highest": "highest {} first",
    "lowest": "lowest {} first",
    "strongest": "strongest stretch first",
    "longest": "longest first",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Hold what a record is compared with, as the page shows it."""

    other: str
    status: str
    numbers: Mapping[str, object]
    strongest: tuple[tuple[object, ...], ...]
    picture: str


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one record as the page shows it, every text cut and printable, no array kept."""

    number: int
    id: str
    names: str
    status: str
    numbers: Mapping[str, object] | None
    length: int = 0
    f_x: float | None = None
    headline: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    seqlets: tuple[tuple[str, int, int, float, float], ...] = ()
    n_seqlets: int = 0
    by_chance: bool = False
    picture: str = ""
    genome: str = ""
    notes: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()


KEYS: dict[str, Callable[[Row], float | None]] = {
    "highest": lambda row: None if row.f_x is None else -row.f_x,
    "lowest": lambda row: row.f_x,
    "strongest": lambda row: min((-abs(seqlet[3]) for seqlet in row.seqlets), default=None),
    "longest": lambda row: -row.length,
}


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
    _n_paired: int = 0
    _n_lacking: int = 0
    _isoforms: dict[str, list[Explanation]] = field(default_factory=dict)
    _references: set[str] = field(default_factory=set)

    def add(
        self, explanation: Explanation, *, genome: str = "", against: Sequence[Comparison] = ()
    ) -> str:
        """Take in one record and draw it where there is room; return the name of its picture.

        Parameters
        ----------
        explanation
            Explained or refused.
        genome
            Where it lies in the genome.
        against
            What it is compared with.
        """
        self.n_records += 1
        self.n_explained += explanation.explained
        self._n_lacking += explanation.explained and not explanation.seqlets
        self._references |= {explanation.reference} - {""}
        if not explanation.explained and not self.first_refused:
            self.first_refused = (
                f"{column_name(explanation.id, explanation.number)}: {explanation.status}"
            )
        picture = ""
        if explanation.explained and self._n_drawn < self.run.n_tracks:
            picture = self._draw(explanation)
            if explanation.gene:
                self._isoforms.setdefault(explanation.gene, []).append(explanation)
        if picture or len(self.rows) < MOST_ROWS:
            pairs = tuple(map(self._pair, against))
            self.rows.append(replace(_row(explanation, self.run, picture, genome), pairs=pairs))
        return picture

    def render(
        self,
        origin: Origin,
        faithfulness: Sequence[Mapping[str, object]] = (),
        *,
        template: str = "explanation.html.jinja",
        **more: Any,
    ) -> str:
        """Return the page.

        Parameters
        ----------
        origin
            How the results were made.
        faithfulness
            Rows of the table of tests, where they were asked for.
        template, more
            Another template of the page, and what it names beside.
        """
        return render(
            template,
            **more,
            origin=origin,
            run=self.run,
            source=printable(self.run.source, limit=120),
            model=printable(self.run.model, limit=120),
            how=METHODS[self.run.method],
            caution=CAUTION,
            page=self,
            svg=lambda picture: inline_svg(self.folder / picture),
            genes=self._draw_genes(),
            most_pairs=MOST_SHOWN,
            faithfulness=faithfulness,
            colors_of=colors_of,
            orders=ORDERS if self.n_explained > 1 else {},
            places=places(self.rows, KEYS),
            references=sorted(self._references),
            windowed=any(len(row.windows) > 1 for row in self.rows),
            lacking=self._n_lacking,
        )

    def _pair(self, found: Comparison) -> Pair:
        picture = ""
        if found.parts and self._n_paired < self.run.n_tracks:
            self._n_paired += 1
            both = (found.explanation, found.other)
            stem = file_stem(found.explanation.id, found.explanation.number)
            stem += f"_against_{self._n_paired}"
            sides = (", here", ", there")
            picture = self._draw_aligned(both, found.positions, stem, sides=sides)
        strongest = sorted(stretches(found), key=lambda cells: -abs(float(str(cells[-2]))))
        return Pair(
            other=printable(found.other.id, limit=90),
            status=printable(found.status, limit=300),
            numbers=found.row(),
            strongest=tuple(strongest[:MOST_SEQLETS]),
            picture=picture,
        )

    def _draw_genes(self) -> list[tuple[str, str, str]]:
        """Draw isoforms of one gene under one another; return gene, symbol and picture of each."""
        drawn: list[tuple[str, str, str]] = []
        for gene, isoforms in self._isoforms.items():
            first, *others = shown = sorted(isoforms, key=lambda one: -one.length)[:MOST_ISOFORMS]
            if not others or self.run.method == "attention":
                continue
            codes = [one.track.codes for one in others]
            positions = stack([align(first.track.codes, other) for other in codes], codes)
            stem = f"isoforms_{file_stem(gene, len(drawn) + 1)}"
            picture = self._draw_aligned(shown, positions, stem, max_zooms=0)
            symbol = printable(first.symbol or "", limit=40)
            drawn.append((printable(gene, limit=40), symbol, picture))
        return drawn

    def _draw_aligned(
        self,
        shown: Sequence[Explanation],
        positions: NDArray[np.int64],
        stem: str,
        *,
        sides: Sequence[str] = (),
        **look: Any,
    ) -> str:
        from graphkit.plots import aligned_figure

        tracks = [
            # The stem holds no letter that a picture would read as a formula or as markup.
            (file_stem(one.id, 0).partition("_")[2] + side, one.track.codes, one.track.scores)
            for one, side in zip(shown, sides or [""] * len(shown), strict=True)
        ]
        return self._save(
            aligned_figure(tracks, positions, **look, **self._look(str(shown[0].target))), stem
        )

    def _draw(self, explanation: Explanation) -> str:
        from graphkit.plots import track_figure

        stem = file_stem(explanation.id, explanation.number)
        track = explanation.track
        figure = track_figure(
            track.scores,
            track.codes,
            # The stem holds no letter that a picture would read as a formula or as markup.
            title=stem,
            seqlets=explanation.seqlets,
            unsigned="attention, no evidence" if self.run.method == "attention" else None,
            windows=explanation.windows,
            **self._look(str(explanation.target)),
        )
        self._n_drawn += 1
        return self._save(figure, stem)

    def _look(self, target: str) -> dict[str, Any]:
        return {
            "unit": UNITS[self.run.method].format(self.run.unit),
            "favours": (against(self.run.classes, target), target),
            "colors": colors_of(self.run.classes, target),
        }

    def _save(self, figure: Figure, stem: str) -> str:
        from graphkit.plots import save_figure

        folder = self.folder / "tracks"
        folder.mkdir(exist_ok=True)
        save_figure(figure, folder / f"{stem}.svg")
        return f"tracks/{stem}.svg"


def _headline(prediction: Prediction | None, run: Run) -> tuple[str, ...]:
    """Return what is predicted: the label, the value with its interval, the best probability."""
    if prediction is None or prediction.probabilities is None:
        return ()
    label = "outside what the model was taught" if prediction.outside else prediction.label
    value = interval(prediction.value)
    p, name = max(zip(prediction.probabilities, run.classes, strict=True))
    said = (label, value and f"{run.unit} {value}", f"P({name}) {two_digits(p)}")
    return tuple(printable(text, limit=80) for text in said if text)


def _row(explanation: Explanation, run: Run, picture: str, genome: str) -> Row:
    found = explanation.seqlets or explanation.strongest
    strongest = sorted(found, key=lambda seqlet: -abs(seqlet.score))[:MOST_SEQLETS]
    names = [printable(name, limit=40) for name in (explanation.symbol, explanation.gene) if name]
    return Row(
        number=explanation.number,
        id=printable(explanation.id, limit=90),
        names=" · ".join(names),
        status=printable(explanation.status.removeprefix("not_explained: "), limit=300),
        numbers=explanation.row() if explanation.explained else None,
        length=explanation.length,
        f_x=explanation.f_x,
        headline=_headline(explanation.prediction, run),
        windows=explanation.windows,
        seqlets=tuple(
            (explanation.sequence[s.start : s.end], s.start, s.end, s.score, s.q) for s in strongest
        ),
        n_seqlets=len(found),
        by_chance=not explanation.seqlets,
        picture=picture,
        genome=printable(genome, limit=300),
        notes=tuple(printable(note, limit=300) for note in explanation.warnings),
    )
