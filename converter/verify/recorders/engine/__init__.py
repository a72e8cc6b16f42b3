"""Stands for the container engine of a host: it serves the Docker Engine API, keeps what it is told, and runs nothing.

A program of its own on the hosts, where nothing but Python is: `python3 -m converter.verify.recorders.engine`. The
clients are real. https://docs.docker.com/reference/api/engine/version/v1.45/
"""
