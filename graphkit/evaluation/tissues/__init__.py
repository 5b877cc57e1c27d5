"""How well methods for spots do: denoising, domains, modules and genes."""
