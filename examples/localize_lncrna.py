"""Where does a lncRNA sit, nucleus or cytoplasm: a model that ships answers.

python examples/localize_lncrna.py [your.fasta]

Without an argument: three mouse lincRNAs. The model is human, so take those as a demonstration.
"""

import sys

import graphkit
from graphkit.datasets import shipped


def main(fasta):
    # Five networks, trained on five folds of labelled human lncRNAs; loaded once, used at will.
    model = graphkit.load("lncloc")

    # One row per record, in input order. A record that cannot be used keeps its row: `status`
    # says why. Below 0.7 for every class the label is "uncertain".
    table = model.localize(fasta, uncertain=0.7)
    columns = ["id", "symbol", "length", "status", "label", "p_Nucleus", "members_agree"]
    print(table[columns].to_string(index=False))

    predicted = table[table["status"] == "predicted"]
    print(f"\n{len(predicted)} of {len(table)} records predicted:")
    print(predicted["label"].value_counts().to_string(header=False))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else shipped("mouse_lincrnas.fasta"))
