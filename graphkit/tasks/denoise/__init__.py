"""Denoise counts of spots."""
