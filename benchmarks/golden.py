"""What the command line puts out, held: work on the inside can be shown to change none of it.

What only applies the weights that ship comes out the same on every machine, up to rounding: it is
committed in ``tests/golden/applied.json``, and a test compares with it. What trains ends elsewhere
on another processor: it is held and compared on one machine, from commit to commit, in a file that
is not committed (``out/golden.json`` unless another is named)::

    python benchmarks/golden.py --write         # before
    python benchmarks/golden.py --compare       # after: a table of what differs, exit status 1
    python benchmarks/golden.py --write --committed     # where an answer was meant to change

Numbers may differ by 1e-5, absolute (probabilities, log-odds, scores per nucleotide, expected
counts); whole numbers and texts not at all. Everything goes through ``python -m graphkit`` and the
files it writes. Borders of seqlets and sites of motifs are decided by thresholds. They are held
where the transcripts have a planted stretch of CG that the shipped model leans on, with room to
spare; the q and the 0-1000 score of a seqlet, printed with three digits, are left out: one step
there is more than the tolerance.
"""

import argparse
import csv
import hashlib
import json
import math
import runpy
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
MOUSE = DATA / "mouse_lincrnas.fasta"
SIMULATED = DATA / "simulated_transcripts.fasta"
TISSUE = DATA / "simulated_tissue.h5ad"
COMMITTED = ROOT / "tests" / "golden" / "applied.json"
OWN = ROOT / "out" / "golden.json"
CG, UA = "CG" * 14, "UA" * 14
TOLERANCE = 1e-5
PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "torch-geometric", "anndata")

Golden = dict[str, Any]  # name -> a number, a text, or a list of them


def collect_applied(folder: Path) -> Golden:
    """Return what the shipped weights make of the shipped sequences; `folder` takes the files."""
    planted, sizes = folder / "planted.fasta", folder / "sizes.fasta"
    _plant(SIMULATED, planted, nucleus=CG, cytoplasm=CG)
    _write_sizes(sizes)
    _graphkit("localize", MOUSE, "-o", folder / "mouse.tsv")
    _graphkit("localize", sizes, "-o", folder / "sizes.tsv")
    _graphkit("explain", MOUSE, "-o", folder / "mouse", "--tracks", 0)
    _graphkit("explain", planted, "-o", folder / "seqlets", "--tracks", 0, "--fdr", 0.2)
    _graphkit("motifs", planted, "-o", folder / "motifs", "--fdr", 0.2)
    seqlets = _table(folder / "seqlets" / "seqlets.bed")
    return _flat(
        {
            "localize": _table(folder / "mouse.tsv"),
            "localize, 8 nt to 46 kb": _table(folder / "sizes.tsv"),
            "explain": _explained(folder / "mouse"),
            "seqlets": {name: seqlets[name] for name in seqlets if name not in ("score", "q")},
            "motifs": _motifs(folder / "motifs"),
        }
    )


def collect_trained(folder: Path) -> Golden:
    """Return what short trainings on the shipped simulated data end in, one seed each."""
    domains, known, fresh = folder / "domains.h5ad", folder / "known.fasta", folder / "fresh.fasta"
    _graphkit("denoise", TISSUE, "-o", folder / "denoised.h5ad")
    _graphkit("domains", TISSUE, "-o", domains, "--n-domains", 6, "--members", 2)
    _graphkit("modules", TISSUE, "-o", folder / "modules.h5ad", "--n-modules", 6)
    _graphkit("rank-genes", domains, "-o", folder / "genes.tsv")
    _plant(SIMULATED, known, nucleus=CG, cytoplasm=UA)
    _graphkit("simulate", "transcripts", "--number", 60, "--seed", 1, "-o", fresh)
    found: dict[str, Any] = {
        "denoise": _slots(folder / "denoised.h5ad"),
        "domains": _slots(domains),
        "modules": _slots(folder / "modules.h5ad"),
        "rank-genes": _table(folder / "genes.tsv"),
    }
    for method, epochs in (("lncloc", 20), ("sgcl-lncloc", 2)):
        model, table, why = (folder / f"{method}{end}" for end in ("", ".tsv", ".why"))
        size = ("--method", method, "--epochs", epochs, "--k", 3, "--members", 2)
        _graphkit("train", known, "-o", model, *size)
        _graphkit("localize", fresh, "-o", table, "--model", model)
        _graphkit("explain", MOUSE, "-o", why, "--model", model, "--tracks", 0)
        found[f"train {method}"] = {"localize": _table(table), "explain": _explained(why)}
    # So small a model leans on no stretch: this holds the table's columns and that it stays empty.
    _graphkit("motifs", fresh, "-o", folder / "motifs", "--model", folder / "lncloc")
    return _flat({**found, "motifs": _motifs(folder / "motifs")})


def compare(expected: Golden, found: Golden, *, tolerance: float = TOLERANCE) -> list[dict]:
    """Return one row for each name that differs: how many values, by how much, and an example."""
    rows = []
    for name in dict.fromkeys([*expected, *found]):
        if name not in found or name not in expected:
            what = "missing now" if name in expected else "was not there"
            rows.append({"name": name, "values": what, "by at most": "-", "first": "-"})
            continue
        pairs = list(_pairs(expected[name], found[name]))
        wrong = [pair for pair in pairs if not pair[0] <= tolerance]  # NaN is wrong too
        if wrong:
            most = max(gap if gap == gap else math.inf for gap, *_ in wrong)
            rows.append(
                {
                    "name": name,
                    "values": f"{len(wrong)} of {len(pairs)}",
                    "by at most": "other" if most == math.inf else f"{most:.2g}",
                    "first": " -> ".join(str(value)[:30] for value in wrong[0][1:]),
                }
            )
    return rows


def read(path: Path) -> Golden:
    return json.loads(path.read_text("utf-8"))


def write(path: Path, golden: Golden, *, digits: int = 17) -> None:
    """Write one line per name, floats rounded to so many significant digits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(_rounded(golden[name], digits))}" for name in golden
    )
    path.write_text(f"{{\n{lines}\n}}\n", "utf-8")


def _pairs(expected: Any, found: Any) -> Iterator[tuple[float, Any, Any]]:
    """Yield by how much two values differ, and both: infinity where they are no two numbers."""
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for pair in zip(expected, found, strict=True):
            yield from _pairs(*pair)
    elif expected == found or (expected != expected and found != found):
        yield 0.0, expected, found
    elif {type(expected), type(found)} in ({float}, {float, int}):
        yield abs(expected - found), expected, found
    else:
        yield math.inf, expected, found


def _graphkit(*arguments: object) -> None:
    """Run ``python -m graphkit`` in this process, where torch is loaded once."""
    import graphkit

    before = sys.argv, signal.getsignal(signal.SIGTERM)
    device = () if arguments[0] == "simulate" else ("--device", "cpu")
    sys.argv = ["graphkit", *map(str, [*arguments, *device])]
    try:
        runpy.run_path(str(Path(graphkit.__file__).with_name("__main__.py")), run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"{' '.join(sys.argv)}: exit status {end.code}") from end
    finally:
        sys.argv = before[0]
        signal.signal(signal.SIGTERM, before[1])


def _records(path: Path) -> Iterator[tuple[str, str]]:
    for block in path.read_text("utf-8").split(">")[1:]:
        header, *lines = block.splitlines()
        yield header, "".join(lines)


def _plant(source: Path, target: Path, *, nucleus: str, cytoplasm: str, number: int = 60) -> None:
    """Write `source` with an element in each transcript, somewhere in its first 400 letters."""
    with target.open("w", encoding="utf-8") as file:
        for i, (header, letters) in enumerate(list(_records(source))[:number]):
            element, start = nucleus if "Nucleus" in header else cytoplasm, 100 + 37 * i % 300
            rest = letters[start + len(element) :]
            file.write(f">{header}\n{letters[:start]}{element}{rest}\n")


def _write_sizes(path: Path) -> None:
    """Write simulated transcripts cut short, whole ones, and all 60 in one."""
    records = list(_records(SIMULATED))
    with path.open("w", encoding="utf-8") as file:
        for (header, letters), size in zip(records, (8, 30, 100, 300, None, None), strict=False):
            file.write(f">{header}\n{letters[:size]}\n")
        file.write(f">all\n{''.join(letters for _, letters in records)}\n")


def _explained(folder: Path) -> dict[str, Any]:
    about = json.loads((folder / "explanation.json").read_text("utf-8"))
    with (folder / "scores.bedgraph").open(encoding="utf-8") as file:
        track = list(csv.reader(file, delimiter="\t"))
    table = _table(folder / "scores.tsv")
    scores: dict[str, list[Any]] = {}
    for record, _, _, score in track:
        scores.setdefault(record, []).append(_cell(score))
    return {
        **{name: about[name] for name in ("classes", "target", "method", "steps", "fdr")},
        "records": {record.pop("id"): record for record in about["records"]},
        "bedgraph": scores,
        "sha256 of the bedgraph's places": _digest([line[:3] for line in track]),
        "sha256 of the table's letters": _digest(
            [table["id"], table["position"], table["nucleotide"]]
        ),
        "table and bedgraph agree": table["score"] == [_cell(line[3]) for line in track],
    }


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def _motifs(folder: Path) -> dict[str, Any]:
    words = (folder / "motifs.meme").read_text("utf-8").split()
    return {"table": _table(folder / "motifs.tsv"), "meme": [_cell(word) for word in words]}


def _table(path: Path) -> dict[str, list[Any]]:
    with path.open(encoding="utf-8") as file:
        header, *rows = csv.reader(file, delimiter="\t")
    return {name: [_cell(row[i]) for row in rows] for i, name in enumerate(header)}


def _cell(text: str) -> Any:
    for kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            continue
        return value if math.isfinite(value) else text
    return text


def _slots(path: Path) -> dict[str, Any]:
    """Return every slot of an AnnData but the counts."""
    import anndata

    data = anndata.read_h5ad(path)
    rooms = ("obs", "var", "obsm", "varm", "obsp", "varp", "layers", "uns")
    return {
        room: {key: _plain(getattr(data, room)[key]) for key in getattr(data, room)}
        for room in rooms
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in value}
    if hasattr(value, "tocsr"):
        rows = value.tocsr()
        return {part: getattr(rows, part).tolist() for part in ("data", "indices", "indptr")}
    return value.tolist() if hasattr(value, "tolist") else value


def _flat(value: Any, name: str = "") -> Golden:
    """Name each leaf by its path."""
    if not isinstance(value, Mapping):
        return {name: value}
    found: Golden = {}
    for key in value:
        found |= _flat(value[key], f"{name}/{key}" if name else str(key))
    return found


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, list):
        return [_rounded(one, digits) for one in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def main() -> None:
    # Here, for the test reads this file from elsewhere; and before numpy or torch is loaded.
    from common import limit_threads, machine, show, versions

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument("--write", nargs="?", type=Path, const=OWN, metavar="FILE")
    task.add_argument("--compare", nargs="?", type=Path, const=OWN, metavar="FILE")
    parser.add_argument("--committed", action="store_true", help="what applies shipped weights")
    parser.add_argument("--tolerance", type=float, default=TOLERANCE)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    limit_threads(chosen.threads)
    path = chosen.write or chosen.compare
    if chosen.committed and path == OWN:
        path = COMMITTED
    with tempfile.TemporaryDirectory() as folder:
        found = (collect_applied if chosen.committed else collect_trained)(Path(folder))
    if not chosen.committed:
        found |= _flat({"processor": machine()["cpu"], "versions": versions(PACKAGES)})
    if chosen.write:
        write(path, found, digits=7 if chosen.committed else 17)
        print(f"{len(found)} entries in {path}")
        return
    rows = compare(read(path), found, tolerance=chosen.tolerance)
    title = f"{len(rows)} of {len(found)} entries differ by more than {chosen.tolerance:g}"
    show(rows, title=title)
    sys.exit(bool(rows))


if __name__ == "__main__":
    main()
