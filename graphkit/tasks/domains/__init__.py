"""Find the domains of a tissue."""
