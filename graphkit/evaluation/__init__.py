"""How a number is earned: grouped splits, baselines, scores, intervals and calibration."""

from graphkit.evaluation.baselines import (
    BASELINES,
    Classifier,
    composition_baseline,
    kmer_baseline,
    length_baseline,
)
from graphkit.evaluation.bootstrap import Interval, auroc_difference, auroc_interval
from graphkit.evaluation.border import BorderContrast, border_contrast
from graphkit.evaluation.calibration import (
    apply_temperature,
    calibrate_across_folds,
    fit_temperature,
)
from graphkit.evaluation.denoise_report import DenoiseReport, DenoiseRow, compare_denoisers
from graphkit.evaluation.metrics import (
    Scores,
    auprc,
    auroc,
    auroc_by_length,
    brier,
    score,
)
from graphkit.evaluation.module_agreement import ModuleAgreement, agreement_table, pca_modules
from graphkit.evaluation.protocol import HeldOut, Row, across, compare, within
from graphkit.evaluation.reliability import (
    ReliabilityBin,
    expected_calibration_error,
    reliability,
)
from graphkit.evaluation.spatial_stats import log2_fold_change, morans_i
from graphkit.evaluation.splits import (
    Fold,
    grouped_folds,
    inner_split,
    nested_folds,
    unseen,
)
from graphkit.evaluation.thinning import GeneLosses, Thinned, gene_losses, poisson_nll, thin

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
