"""Resources as steps of a pipeline, in bash: what the script did on the machine that ran it.

In: a resource of phase build or publish. Out: its script, or `InexpressibleError` with the reason.
Text of the script is always quoted.
"""
