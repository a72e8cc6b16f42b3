"""Deliveries: what brings the manifests to the hosts.

Each takes the plan and the tree and returns the files of its pipeline.
`outline.py` says what is to be done and when, in no pipeline's syntax; each delivery writes that down in its own.
"""
