"""How a number is earned: grouped splits, baselines, scores, intervals and calibration."""

from graphkit.evaluation.classifiers.baselines import (
    BASELINES,
    Classifier,
    composition_baseline,
    kmer_baseline,
    length_baseline,
)
from graphkit.evaluation.classifiers.bootstrap import auroc_difference, auroc_interval
from graphkit.evaluation.classifiers.calibration import (
    apply_temperature,
    calibrate_across_folds,
    fit_temperature,
)
from graphkit.evaluation.classifiers.metrics import (
    Scores,
    auprc,
    auroc,
    auroc_by_length,
    brier,
    score,
)
from graphkit.evaluation.classifiers.protocol import HeldOut, Row, across, compare, within
from graphkit.evaluation.classifiers.reliability import (
    ReliabilityBin,
    expected_calibration_error,
    reliability,
)
from graphkit.evaluation.classifiers.splits import (
    Fold,
    grouped_folds,
    inner_split,
    nested_folds,
    unseen,
)
from graphkit.evaluation.intervals import Interval
from graphkit.evaluation.tissues.borders import BorderContrast, border_contrast
from graphkit.evaluation.tissues.denoising import DenoiseReport, DenoiseRow, compare_denoisers
from graphkit.evaluation.tissues.genes import log2_fold_change, morans_i
from graphkit.evaluation.tissues.modules import ModuleAgreement, agreement_table, pca_modules
from graphkit.evaluation.tissues.thinning import GeneLosses, Thinned, gene_losses, poisson_nll, thin

__all__ = [
    "BASELINES",
    "BorderContrast",
    "Classifier",
    "DenoiseReport",
    "DenoiseRow",
    "Fold",
    "GeneLosses",
    "HeldOut",
    "Interval",
    "ModuleAgreement",
    "ReliabilityBin",
    "Row",
    "Scores",
    "Thinned",
    "across",
    "agreement_table",
    "apply_temperature",
    "auprc",
    "auroc",
    "auroc_by_length",
    "auroc_difference",
    "auroc_interval",
    "border_contrast",
    "brier",
    "calibrate_across_folds",
    "compare",
    "compare_denoisers",
    "composition_baseline",
    "expected_calibration_error",
    "fit_temperature",
    "gene_losses",
    "grouped_folds",
    "inner_split",
    "kmer_baseline",
    "length_baseline",
    "log2_fold_change",
    "morans_i",
    "nested_folds",
    "pca_modules",
    "poisson_nll",
    "reliability",
    "score",
    "thin",
    "unseen",
    "within",
]
