"""The generated repository: its documents, its commit, and what would change in one that exists.

In: the tree of files. Out: files, a commit, a difference. Nothing else imports git. It never overwrites what is not
committed, and never leaves half a repository.
"""

from converter.repo.difference import Difference, diff, difference, listing
from converter.repo.documentation import documents
from converter.repo.expressed import expressed
from converter.repo.writing import Written, write

__all__ = ["Difference", "Written", "diff", "difference", "documents", "expressed", "listing", "write"]
