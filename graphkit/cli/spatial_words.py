"""What the methods for spots say of their arguments, in the words of the command line."""

import ast
import re
import shlex

LAYER = re.compile(r"pass layer=('[^']*'|\"[^\"]*\")")
KEYS = re.compile(r"\bwith (spatial|library)_key\b")
ARGUMENTS = ("n_domains", "n_modules", "members", "method")


def in_options(text: str) -> str:
    """Return a remedy or a warning that names options where it named arguments.

    Examples
    --------
    >>> in_options("Raw counts are in layers['umi']: pass layer='umi'.")
    "Raw counts are in layers['umi']: give --layer umi."
    >>> in_options("Put sections apart with library_key.")
    'Put sections apart with --library-key.'
    """
    text = LAYER.sub(lambda found: f"give --layer {shlex.quote(ast.literal_eval(found[1]))}", text)
    text = text.replace("pass layer=None", "leave out --layer")
    return KEYS.sub(r"with --\1-key", text)


def option_of(slot: str | None) -> str | None:
    """Return the option that sets an argument; slots of the table stay what they are.

    Examples
    --------
    >>> option_of("n_domains"), option_of("obs['domain']"), option_of(None)
    ('--n-domains', "obs['domain']", None)
    """
    return f"--{slot.replace('_', '-')}" if slot in ARGUMENTS else slot
