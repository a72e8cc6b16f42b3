"""Where the secrets of the manifests are kept: one module a store, chosen by `--secrets`."""

from converter.render.secrets.registry import STORES, Secret, Secrets, store_named

__all__ = ["STORES", "Secret", "Secrets", "store_named"]
