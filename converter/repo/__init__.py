"""The generated repository: its documents, its commit, and what would change in one that exists. Nothing else imports git.

In: the tree of files. Out: files, a commit, a difference. It never overwrites what is not committed, and never leaves half a repository.
"""
