"""Typed columns, as a system exports them: .parquet. Its bytes differ between versions of pyarrow, not its table."""

from __future__ import annotations

import io

from sample_county.messy.forms import Table


def as_parquet(table: Table) -> bytes:
    """Dates are dates, numbers numbers, moments moments; headers as declared."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {header: [row.get(field) for row in table.rows] for field, header in table.columns.items()}
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, compression="zstd", write_statistics=False)
    return out.getvalue()
