"""Collections of motifs: read them, and find those that are like a new one."""
