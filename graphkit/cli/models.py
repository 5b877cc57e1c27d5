"""``graphkit models``: the models that ship."""

from graphkit.reports.output import open_output
from graphkit.reports.tables import Format, TableWriter

EXAMPLE = "Example:\n\n  graphkit models"


def models() -> None:
    """List the models that come with graphkit, as TSV: name, summary, folder."""
    from graphkit import pretrained

    with open_output(None) as output:
        writer = TableWriter(output, ("name", "summary", "folder"), format=Format.TSV)
        for model in pretrained.available():
            writer.write(
                {"name": model.name, "summary": model.summary, "folder": str(model.folder)}
            )
