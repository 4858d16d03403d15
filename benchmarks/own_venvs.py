"""Environments for the contenders whose packages do not go with ours: `.venv-bench/NAME`, from their constant VENV.

One that cannot be made is said, and the benchmark goes on without that contender.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from workload import HERE, contenders, module


def main() -> None:
    for name in contenders():
        wanted, place = module(name, only="VENV"), HERE.parent / ".venv-bench" / name
        if not wanted or (place / "bin" / "python").is_file():
            continue
        print(f"· an environment for {name}")
        steps = (
            [sys.executable, "-m", "venv", str(place)],
            [str(place / "bin" / "python"), "-m", "pip", "install", "-q", "--no-input", *wanted],
        )
        for step in steps:
            done = subprocess.run(step, capture_output=True, text=True, check=False)
            if done.returncode:
                last = (done.stderr.strip().splitlines() or ["no message"])[-1]
                print(f"{name}: not tried, {' '.join(step[1:4])} failed: {last}", file=sys.stderr)
                shutil.rmtree(place, ignore_errors=True)
                break


if __name__ == "__main__":
    main()
