"""Score a classifier: as numbers, text and a page."""
