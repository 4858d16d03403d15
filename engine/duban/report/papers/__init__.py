"""The papers on the desk: from a judgement to the list of candidates and to drafts that a person verifies, changes and signs.

`write_papers` writes them all; `read_bureau` reads the bureau's settings file.
"""

from __future__ import annotations

from duban.report.papers.bureau import Bureau, read_bureau
from duban.report.papers.kinds import KINDS, Kind, PaperError
from duban.report.papers.words import Notice
from duban.report.papers.write import write_papers

__all__ = ["KINDS", "Bureau", "Kind", "Notice", "PaperError", "read_bureau", "write_papers"]
