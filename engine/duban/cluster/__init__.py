"""Beyond one machine: a lake of many jurisdictions, judged on Apache Spark by the same plan as on one.

Every join and GROUP BY of a plan carries the jurisdiction: audit(A ∪ B) = audit(A) ∪ audit(B). So nothing is shuffled,
and SQL has no second dialect: `lake` lists whose files lie where and packs the jurisdictions into batches of like size;
`work` judges a batch, as a task of Spark, with DuckDB inside the Python worker (`rules` brings it the pack, `reading`
the files, `tables` takes what it found); `session` runs the tasks and writes the result. docs/scale.md says when it is
worth the trouble.
"""

from __future__ import annotations

from duban.cluster.session import Order, Run, run

__all__ = ["Order", "Run", "run"]
