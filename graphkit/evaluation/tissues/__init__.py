"""Evaluate methods for spots: denoising, domains, modules and genes."""
