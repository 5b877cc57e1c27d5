"""How well a classifier does, as numbers, text and a page."""
