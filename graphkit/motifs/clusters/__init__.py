"""Seqlets that are alike, put together."""
