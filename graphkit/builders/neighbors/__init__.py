"""Graphs of spots and cells: who is whose neighbour."""
