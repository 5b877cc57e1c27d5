from .anchors import graph_anchors as graph_anchors
from .contrast import Contrast as Contrast
from .momentum import MomentumQueue as MomentumQueue
from .pseudo_labels import PseudoLabels as PseudoLabels
from .teacher import Teacher as Teacher
