"""`report.html`: one page, without a network, for the person who approves the migration.

In: the plan and the tree of its repository. Out: the text of the page. It reads nothing but these two, and whatever the
script says is text in it.
"""

from converter.repo.page.document import MARK, page

__all__ = ["MARK", "page"]
