"""Fill the folder of ``graphkit motifs``: matrices, a table, logos and a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reports.output import open_output
from graphkit.reports.tables import table_line
from graphkit.sequences.names import file_stem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphkit.motifs import Match, MotifResult, MotifTable

MARKER = "motifs.tsv"
COLUMNS = (
    *("motif", "consensus", "favours", "nsites", "transcripts", "status"),
    *("odds_ratio", "odds_low", "odds_high", "p", "q"),
    *("knock_out", "knock_out_low", "knock_out_high", "knock_out_control", "knock_out_transcripts"),
    *("rbp_families", "known_elements", "variants"),
)
KNOWN = "known_motifs.tsv"
KNOWN_COLUMNS = (
    *("motif", "protein", "consensus", "favours", "transcripts"),
    *("odds_ratio", "odds_low", "odds_high", "p", "q"),
)
TESTED, DESCRIPTIVE = "tested", "descriptive"


def write_findings(folder: Path, table: MotifTable) -> list[str]:
    """Write the matrices, the table and a logo each; return the names of the logos.

    Parameters
    ----------
    folder
        An empty folder.
    table
        What was found, best first; may be empty.
    """
    from graphkit.motifs import write_meme

    write_meme(folder / "motifs.meme", table.motifs)
    _write(folder / MARKER, table.rows, COLUMNS)
    if table.known:
        _write(folder / KNOWN, table.known, KNOWN_COLUMNS)
    return _draw(folder, table.rows)


def _write(path: Path, results: Sequence[MotifResult], columns: Sequence[str]) -> None:
    with open_output(path) as output:
        output.write(table_line(columns).encode())
        for result in results:
            row = as_row(result)
            output.write(table_line(tuple(row.get(name) for name in columns)).encode())


def as_row(result: MotifResult) -> dict[str, object]:
    """Return one line of the table; what was not tested has no p and no q, whatever it counts.

    Parameters
    ----------
    result
        One motif.
    """
    row: dict[str, object] = {
        "motif": result.name,
        "protein": result.motif.alt,
        "consensus": result.consensus,
        "favours": result.favours,
        "nsites": round(float(result.n_sites)),
        "transcripts": result.n_transcripts,
        "status": DESCRIPTIVE if result.descriptive else TESTED,
        "rbp_families": families(result.matches),
        "variants": "; ".join(
            f"{one.consensus} ({round(float(one.n_sites))})" for one in result.variants
        ),
        "known_elements": "; ".join(f"{known.name} ({known.doi})" for known in result.known),
    }
    tested, cut = result.enrichment, result.knock_out
    if tested is not None:
        row |= {"odds_ratio": tested.odds_ratio, "odds_low": tested.low, "odds_high": tested.high}
    if not result.descriptive:
        row |= {"p": result.p, "q": result.q}
    if cut is not None:
        row |= {"knock_out": cut.effect, "knock_out_low": cut.low, "knock_out_high": cut.high}
        row |= {"knock_out_control": cut.control, "knock_out_transcripts": cut.n_transcripts}
    return row


def families(matches: Sequence[Match]) -> str:
    """Return the families of proteins whose known motifs are alike, each with its best q.

    Parameters
    ----------
    matches
        Of one motif.
    """
    best: dict[str, float] = {}
    for match in matches:
        name = match.family or match.alt or match.target
        best[name] = min(match.q, best.get(name, match.q))
    ranked = sorted(best.items(), key=lambda pair: (pair[1], pair[0]))
    return "; ".join(f"{name} (q={q:.2g})" for name, q in ranked)


def _draw(folder: Path, rows: Sequence[MotifResult]) -> list[str]:
    from graphkit.plots import information_logo, save_figure

    names = []
    for number, result in enumerate(rows, start=1):
        logos = folder / "logos"
        logos.mkdir(exist_ok=True)
        names.append(f"logos/{file_stem(result.name, number)}.svg")
        axes: Any = information_logo(result.motif)
        save_figure(axes.figure, folder / names[-1])
    return names
