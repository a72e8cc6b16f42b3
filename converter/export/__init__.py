"""Export: the only place where values of secrets are written, for a person who asked for it.

In: names and values, and a file. Out: that file, encrypted or for its owner alone. It never prints a value, never puts
one on a command line or into an environment, and never replaces a file.
"""

from converter.export.formats import FORMATS, export

__all__ = ["FORMATS", "export"]
