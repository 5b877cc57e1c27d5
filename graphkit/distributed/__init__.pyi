from .verbs import embed as embed
from .verbs import explain as explain
from .verbs import localize as localize
