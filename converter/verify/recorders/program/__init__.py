"""Stands for programs that have no real counterpart in a world: each call is written down, and does next to nothing.

On the hosts, where nothing but Python is, under the names of those that it stands for.
"""
