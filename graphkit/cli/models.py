"""``graphkit models``: the models that ship."""

import graphkit
from graphkit.reports.output import open_output
from graphkit.reports.tables import Format, TableWriter

EXAMPLE = "Example:\n\n  graphkit models"


def models() -> None:
    """List the models that come with graphkit, as TSV: name, summary, folder."""
    with open_output(None) as output:
        writer = TableWriter(output, ("name", "summary", "folder"), format=Format.TSV)
        for model in graphkit.models():
            writer.write(
                {"name": model.name, "summary": model.summary, "folder": str(model.folder)}
            )
