"""A pipeline that pushes the manifests of a cluster: what it runs there, in which order, with which rights, and
how what was built gets into the versions of an environment."""
