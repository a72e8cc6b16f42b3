"""The proof: the script and the manifests are run in worlds that are the same, and end in the same state."""
