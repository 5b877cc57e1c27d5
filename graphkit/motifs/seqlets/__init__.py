"""Seqlets: stretches of high scores, called against a null."""
