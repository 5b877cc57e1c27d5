"""How well classifiers do: splits, scores, intervals, calibration and baselines."""
