"""Programs that a script runs on hosts, as applications of which images can be made.

In: the resources of one environment. Out: programs, each with the application that becomes its image, and what becomes
of every other resource that has to do with them. It writes nothing; `dockerfile` does.
"""
