"""Find modules of genes that share an image."""
