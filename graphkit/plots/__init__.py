"""Pictures: every function returns Axes or a Figure and shows nothing."""

from graphkit.palette import group_colors
from graphkit.plots.bars import draw_track
from graphkit.plots.domains import domain_figure
from graphkit.plots.figure import save_figure
from graphkit.plots.genes import gene_figure
from graphkit.plots.logo import information_logo
from graphkit.plots.montage import module_images, module_montage
from graphkit.plots.sheet import lay_out
from graphkit.plots.spatial import draw_groups, draw_values, shared_scale, symmetric_scale
from graphkit.plots.tissue import Photograph, Tissue
from graphkit.plots.track import track_figure

__all__ = [
    "Photograph",
    "Tissue",
    "domain_figure",
    "draw_groups",
    "draw_track",
    "draw_values",
    "gene_figure",
    "group_colors",
    "information_logo",
    "lay_out",
    "module_images",
    "module_montage",
    "save_figure",
    "shared_scale",
    "symmetric_scale",
    "track_figure",
]
