"""Evaluate classifiers: splits, scores, intervals, calibration and baselines."""
