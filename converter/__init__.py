"""gitopsify: turns imperative deployment scripts into a GitOps repository."""

__version__ = "0.1.0"
