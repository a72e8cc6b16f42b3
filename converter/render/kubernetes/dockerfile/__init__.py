"""Images of applications that ran as processes: a Dockerfile in two stages, which runs as nobody in particular.

In: an application, as `processes` has found it. Out: the files under `images/NAME`. Nothing is built here.
"""
