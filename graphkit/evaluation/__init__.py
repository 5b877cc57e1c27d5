"""How a number is earned: grouped splits, baselines, scores, intervals and calibration."""

from graphkit.evaluation.baselines import (
    BASELINES,
    Classifier,
    composition_baseline,
    kmer_baseline,
    length_baseline,
)
from graphkit.evaluation.bootstrap import Interval, auroc_difference, auroc_interval
from graphkit.evaluation.calibration import (
    apply_temperature,
    calibrate_across_folds,
    fit_temperature,
)
from graphkit.evaluation.metrics import (
    Scores,
    auprc,
    auroc,
    auroc_by_length,
    brier,
    score,
)
from graphkit.evaluation.protocol import HeldOut, Row, across, compare, within
from graphkit.evaluation.records import LabelledRecords, read_labelled
from graphkit.evaluation.reliability import (
    ReliabilityBin,
    expected_calibration_error,
    reliability,
)
from graphkit.evaluation.splits import (
    Fold,
    grouped_folds,
    inner_split,
    nested_folds,
    unseen,
)

__all__ = [
    "BASELINES",
    "Classifier",
    "Fold",
    "HeldOut",
    "Interval",
    "LabelledRecords",
    "ReliabilityBin",
    "Row",
    "Scores",
    "across",
    "apply_temperature",
    "auprc",
    "auroc",
    "auroc_by_length",
    "auroc_difference",
    "auroc_interval",
    "brier",
    "calibrate_across_folds",
    "compare",
    "composition_baseline",
    "expected_calibration_error",
    "fit_temperature",
    "grouped_folds",
    "inner_split",
    "kmer_baseline",
    "length_baseline",
    "nested_folds",
    "read_labelled",
    "reliability",
    "score",
    "unseen",
    "within",
]
