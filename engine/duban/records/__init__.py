"""Records: files and frames become typed tables, and whatever could not be read becomes an issue.

The way of one table: `sources` finds it, a reader of `readers` opens it as text or typed columns, `headers` says
which column is which field, `coerce` turns cells into typed values, `tables` writes them to DuckDB, and once all is
in, `manifest` dates the rows, `references` and `versions` compare them with each other.
"""

from __future__ import annotations

from duban.records.found import InputFile, Loaded
from duban.records.load import load

__all__ = ["InputFile", "Loaded", "load"]
