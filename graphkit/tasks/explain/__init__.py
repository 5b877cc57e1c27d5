"""Explain what a model says of sequences."""
