"""周报: the sentences of the first screen as a draft, without what leaders decide; a blank for what a person judges."""

from __future__ import annotations

from pathlib import Path

import docx

from duban.report.brief import DRAFT, write_brief
from weekly_world import week


def test_the_draft(tmp_path: Path) -> None:
    one = week()
    write_brief(one, tmp_path / "周报.docx")
    document = docx.Document(str(tmp_path / "周报.docx"))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert DRAFT in texts[1]
    assert document.sections[0].header.paragraphs[0].text == one.head.label  # on every page
    titles = [section.title for section in one.sections if section.key != "decide"]
    assert [text for text in texts if text in titles] == titles
    for section in one.sections:
        for line in section.lines:
            text = "".join(part.text for part in line)
            assert (text in texts) == (section.key != "decide")
    assert any(text.startswith("【请填写：") for text in texts)
    assert texts[-1] == f"{one.head.issuer}\n2024年1月8日"
    assert len(document.tables) == sum(section.table is not None for section in one.sections)


def test_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_brief(week(), tmp_path / f"{name}.docx")
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
