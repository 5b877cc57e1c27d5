"""Clusters of cells."""
