"""Predict where transcripts are in the cell."""
