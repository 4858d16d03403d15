"""Beyond one machine: a lake of many jurisdictions, judged on Apache Spark by the same plan as on one.

Every join and GROUP BY of a plan carries the jurisdiction, so audit(A ∪ B) = audit(A) ∪ audit(B). Hence there is nothing to
shuffle and no second dialect of SQL: `lake` lists whose files lie where and packs the jurisdictions into batches of about as
many bytes; `work` judges a batch, as a task of Spark, with DuckDB inside the Python worker; `session` runs the tasks and
writes what they found. docs/scale.md says when it is worth the trouble.
"""

from __future__ import annotations

from duban.cluster.session import Order, Run, run

__all__ = ["Order", "Run", "run"]
