"""Write the shipped templates of the papers, as .docx files that a bureau can copy and edit.

    python data/generate_templates.py [FOLDER]      # default: engine/duban/report/papers/templates

The same bytes every time with the same python-docx. Whoever edits a template by hand edits a copy, in the bureau's own
folder (`templates` in bureau.yaml).
"""

from __future__ import annotations

import sys
from pathlib import Path

from paper_templates.layout import Paper
from paper_templates.wording import PAPERS

FOLDER = Path(__file__).resolve().parents[1] / "engine" / "duban" / "report" / "papers" / "templates"


def templates() -> dict[str, bytes]:
    """Every template, by the name of its file."""
    made = {}
    for name, lay_out in PAPERS.items():
        paper = Paper(name)
        lay_out(paper)
        made[f"{name}.docx"] = paper.content()
    return made


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    made = templates()
    for old in folder.glob("*.docx"):
        if old.name not in made:
            old.unlink()
    for name, content in made.items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
