"""What stands around the script and the manifests when they are run: guessed from the plan, written down to be edited,
and set up in a sandbox."""
