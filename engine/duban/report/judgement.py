"""judgement.json: all that was concluded, with its proof, for programs and for `duban explain`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from duban.errors import UsageError
from duban.model import Judgement
from duban.pack.pack import Pack
from duban.report.proof import proof

FILE = "judgement.json"


def judgement_json(pack: Pack, judgement: Judgement) -> str:
    """The judge used, every conclusion, and each candidate with its proof as lines of text."""
    candidates = [
        {**asdict(one), "verified": one.verified, "proof": list(proof(pack, one, judgement.files))}
        for one in judgement.candidates
    ]
    found = {
        "judge": judgement.judge,
        "files": dict(judgement.files),
        "candidates": candidates,
        "conclusions": [asdict(one) for one in judgement.conclusions],
        "taken": [asdict(one) for one in judgement.taken],
    }
    return json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n"


def read_candidates(folder: Path) -> list[dict[str, Any]]:
    """The candidates of an earlier audit; none where it had no judgement. Raises UsageError for a damaged file."""
    path = folder / FILE
    if not path.is_file():
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return [dict(one) for one in found["candidates"]]
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{path} 已损坏，请重新审核") from None


def proofs_of(candidates: list[dict[str, Any]], name: str) -> list[list[str]]:
    """The proofs of a bearer (by id or name), or of all that rest on a finding (by fingerprint)."""
    return [
        one["proof"]
        for one in candidates
        if name in (one["bearer_id"], one["bearer_name"], *one.get("also", ()))
        or name in {item["fingerprint"] for item in one["findings"]}
    ]
