"""Whether a motif is more than chance: in records not used to find it, and by breaking it."""
