"""`gitopsify review`: the script beside its manifests, and a decision about every line, in the terminal.

`session` holds what is decided and knows no terminal; `app` shows it. Only the modules with widgets import textual.
"""
