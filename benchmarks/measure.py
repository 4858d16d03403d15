"""One audit in a process of its own: seconds of load, evaluate and write, peak memory, and the counts. Prints JSON."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path


def main(records: str, memory: str) -> None:
    started = time.perf_counter()
    from duban import auditing
    from duban.evaluate import Limits
    from duban.report.tables import write

    stages: dict[str, float] = {}
    run = auditing.run

    def timed(*args: object, **kwargs: object) -> object:
        if "load" in stages:  # the leads, found while the files are written
            return run(*args, **kwargs)  # type: ignore[arg-type]
        stages["load"] = time.perf_counter() - started
        result = run(*args, **kwargs)  # type: ignore[arg-type]
        stages["evaluate"] = time.perf_counter() - started - stages["load"]
        return result

    auditing.run = timed  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        with auditing.audit(
            records, "zezhou-2023-331", "2024-01-07", limits=Limits(memory, temp_folder=folder), output=out
        ) as audit:
            before = time.perf_counter()
            write(audit, out)
            stages["write"] = time.perf_counter() - before
            counts = {status.value: count for status, count in audit.counts.items()}
    stages["total"] = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": stages, "peak_mb": peak, "duties": counts}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
