"""A container engine that runs nothing: it answers as Docker's does and remembers what it was told to have.

`serving.py` and what it imports are one program, which runs on the hosts of a world with their own Python.
"""
