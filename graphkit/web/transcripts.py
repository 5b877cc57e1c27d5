"""Run ``graphkit localize`` and ``graphkit explain`` in the worker, and write their files."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.origin import Origin
from graphkit.reports.localization import NEAREST, Report
from graphkit.reports.localization import Run as LocalizeRun
from graphkit.reports.output import Output
from graphkit.reports.tables import Format, TableWriter
from graphkit.reports.tally import Tally
from graphkit.types import NOBODY
from graphkit.web.inputs import read_records
from graphkit.web.results import SHOWN, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from graphkit.motifs import KnownElement
    from graphkit.tasks.explain.explanation import Explanation
    from graphkit.tasks.localize.ensemble import Ensemble

CARD = "README.md"


@cache
def load(model: str) -> Ensemble:
    """Load the model on first use."""
    from graphkit import pretrained
    from graphkit.training import choose_device

    ensemble = pretrained.load_ensemble(model).to(choose_device("auto"))
    return ensemble.asked(evidence=NEAREST)


def about(model: str) -> dict[str, Any]:
    """Return the name, classes and card of a model.

    Raises
    ------
    InputError
        Where there is no such model.
    """
    from graphkit import pretrained

    ensemble = load(model)
    card = pretrained.folder_of(model) / CARD
    text = card.read_text("utf-8", "replace") if card.is_file() else ""
    name = ensemble.about.get("name") or model
    return {"model": name, "summary": ensemble.about.get("summary", ""), "card": text}


def localize(folder: Path, order: Mapping[str, Any], tell: Callable[..., None]) -> None:
    """Predict the records of a folder: tables, a page to keep and one to click through."""
    from graphkit import pretrained

    model = order["model"]
    ensemble = load(model)
    sha256 = pretrained.sha256(model)
    origin = Origin(
        verb="localize", params={"model": model}, model_sha256=sha256, input=order["name"]
    )
    columns = tuple(ensemble.row(NOBODY))
    page = Report(ensemble.classes, ensemble.quantity, several=ensemble.sets is not None)
    tally = Tally()
    texts = {kind: BytesIO() for kind in (Format.TSV, Format.CSV, Format.JSONL)}
    with ExitStack() as stack:
        writers = [
            stack.enter_context(TableWriter(Output(text, kind), columns, format=kind))
            for kind, text in texts.items()
        ]
        for number, prediction in enumerate(ensemble.predict_each(read_records(folder)), start=1):
            for writer in writers:
                writer.write(ensemble.row(prediction))
            tally.add(prediction)
            page.add(prediction, {})
            tell(step=number, total=order["total"])
    for kind in (Format.TSV, Format.CSV):
        (folder / f"table.{kind}").write_bytes(texts[kind].getvalue())
    rows = texts[Format.JSONL].getvalue().decode().replace("\n", ",\n").removesuffix(",\n")
    made = json.dumps(origin.as_dict())
    (folder / "table.json").write_text(f'{{"made": {made},\n"rows": [\n{rows}\n]}}\n', "utf-8")
    run = LocalizeRun(order["name"], model, ensemble.about, None)
    write(folder, "report.html", page.render(run, tally, origin))
    clickable = page.render(
        run, tally, origin, template="web/localized.html.jinja", notes=order["notes"]
    )
    write(folder, SHOWN, clickable)


def explain(folder: Path, order: Mapping[str, Any], tell: Callable[..., None]) -> None:
    """Explain the one record of a folder: scores, a picture, a page to keep and one to look at."""
    from graphkit import pretrained, tasks
    from graphkit.reports.explanation.files import ExplainFiles, Results
    from graphkit.reports.explanation.page import Page
    from graphkit.tasks.explain.seqlets import explain_records
    from graphkit.tasks.explain.settings import Run

    tell(text="Integrating gradients")
    model, ensemble = order["model"], load(order["model"])
    kind = tasks.SequenceClassifier if ensemble.quantity is None else tasks.SequenceRegressor
    run = Run(
        source=order["name"],
        model=ensemble.about.get("name") or model,
        classes=ensemble.classes,
        target=ensemble.positive,
        method="gradients",
        steps=64,
        shuffles=0,
        fdr=0.05,
        seed=0,
        n_tracks=1,
        unit=ensemble.unit,
        level=ensemble.quantity.interval.level if ensemble.quantity else None,
        several=ensemble.sets is not None,
    )
    sha256 = pretrained.sha256(model)
    origin = Origin(
        verb="explain", params={"model": model}, seed=0, model_sha256=sha256, input=order["name"]
    )
    page = Page(folder, run)
    with ExplainFiles(folder, {**run.as_dict(), "made": origin.as_dict()}) as files:
        results = Results(files, page)
        records = read_records(folder)
        (found,) = explain_records(
            kind.of(ensemble), records, run, source=order["name"], on_error="fail"
        )
        results.add(found)
        files.finish({})
    (picture,) = (folder / "tracks").iterdir()
    write(folder, "explanation.html", page.render(origin))
    clickable = page.render(
        origin, template="web/explained.html.jinja", sites=_sites(found), parent=order["parent"]
    )
    write(folder, SHOWN, clickable)
    picture.rename(folder / "track.svg")


def _sites(found: Explanation) -> list[tuple[KnownElement, int, int, float]]:
    """Return where known elements lie in an explained record, and the sum of the scores there."""
    from graphkit.motifs import KNOWN_ELEMENTS, Motif, find_sites

    scores, sites = found.track.scores, []
    for element in KNOWN_ELEMENTS:
        motif = Motif.from_consensus(element.consensus, n_sites=20)
        for start in find_sites(motif, [found.track.codes]).start.tolist():
            end = start + motif.width
            sites.append((element, start, end, float(np.nansum(scores[start:end]))))
    return sorted(sites, key=lambda site: site[1])
