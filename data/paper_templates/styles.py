"""The fonts and paragraph styles of the templates: what GB/T 9704 asks for, and what stands in for a missing font."""

from __future__ import annotations

import re
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Pt

# The names of GB/T 9704 and what stands in where a machine lacks them (w:altName).
FANGSONG, KAITI, HEITI, XIAOBIAOSONG, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
INSTEAD = {
    FANGSONG: "仿宋,FangSong,STFangsong,FandolFang R,Noto Serif CJK SC",
    KAITI: "楷体,KaiTi,STKaiti,AR PL KaitiM GB,Noto Serif CJK SC",
    HEITI: "SimHei,STHeiti,Noto Sans CJK SC",
    XIAOBIAOSONG: "FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,宋体,Noto Serif CJK SC",
    SONG: "SimSun,STSong,Noto Serif CJK SC",
}
# Style: font, points, exact line in points, alignment, characters of first-line indent.
STYLES = {
    "公文标题": (XIAOBIAOSONG, 22, 34, "center", 0),
    "公文正文": (FANGSONG, 16, 28, "both", 2),
    "公文主送": (FANGSONG, 16, 28, "left", 0),
    "公文一级标题": (HEITI, 16, 28, "both", 2),
    "公文二级标题": (KAITI, 16, 28, "both", 2),
    "公文落款": (FANGSONG, 16, 28, "right", 0),
    "公文版记": (FANGSONG, 14, 24, "left", 0),
    "红头机关": (XIAOBIAOSONG, 36, 54, "center", 0),
    "红头文号": (FANGSONG, 16, 28, "center", 0),
    "表格标签": (HEITI, 11, 17, "center", 0),
    "表格文字": (FANGSONG, 12, 18, "left", 0),
    "表格数字": (FANGSONG, 12, 18, "center", 0),
    "表格分项": (HEITI, 12, 20, "left", 0),
    "文书说明": (KAITI, 12, 18, "left", 0),
    "文书页眉": (HEITI, 10.5, 15, "center", 0),
    "文书页码": (SONG, 14, 18, "left", 0),
}
ALIGNED = {
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}


def drop_unused(document: Any) -> None:
    """Of python-docx's own template only what we use: it brings a hundred styles of tables and lists."""
    for key, relation in list(document.part.rels.items()):
        if relation.reltype.rsplit("/", 1)[-1] in ("stylesWithEffects", "customXml", "numbering"):
            document.part.rels.pop(key)
    kept = {"Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid", "header", "footer"}
    styles = document.styles.element
    for style in list(styles.iter(qn("w:style"))):
        if style.find(qn("w:name")).get(qn("w:val")) not in kept:
            styles.remove(style)
            continue
        for link in style.findall(qn("w:link")):  # to a style of letters that is gone
            style.remove(link)


def plain_defaults(document: Any) -> None:
    """No theme fonts and no English defaults: each style names its own."""
    styles = document.styles.element
    for fonts in styles.iter(qn("w:rFonts")):
        for name in list(fonts.attrib):
            if name.endswith("Theme"):
                del fonts.attrib[name]
    for language in styles.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    normal = document.styles["Normal"]
    normal.font.size = Pt(16)
    _one_font(normal, FANGSONG)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)


def _one_font(style: Any, font: str) -> None:
    """One font for all: with a Latin one beside it Word takes “ ” and □ from that, and they come out narrow."""
    style.font.name = font
    fonts = style.element.rPr.rFonts
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def add_style(document: Any, name: str, font: str, size: float, line: float, aligned: str, indent: float) -> None:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    style.font.size = Pt(size)
    _one_font(style, font)
    layout = style.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    layout.alignment, layout.widow_control = ALIGNED[aligned], False
    layout.keep_with_next = name == "表格分项"  # the head of an item stays with the item
    if indent:
        indent_by(style, "firstLine", indent, size)


def indent_by(item: Any, side: str, characters: float, size: float = 16) -> None:
    """An indent in characters, as Chinese documents have it, and in points for whoever does not know those."""
    properties = item._p.get_or_add_pPr() if hasattr(item, "_p") else item.element.get_or_add_pPr()
    element = properties.get_or_add_ind()
    element.set(qn(f"w:{side}Chars"), str(int(characters * 100)))
    element.set(qn(f"w:{side}"), str(int(characters * size * 20)))


def clean_part(name: str, content: bytes) -> bytes:
    """The list of fonts with what stands in for each; no picture of the page that nobody drew."""
    if name == "word/fontTable.xml":
        fonts = "".join(
            f'<w:font w:name="{font}"><w:altName w:val="{instead}"/><w:charset w:val="86"/></w:font>'
            for font, instead in INSTEAD.items()
        )
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        return (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts xmlns:w="{space}">{fonts}</w:fonts>'
        ).encode()
    if name == "_rels/.rels":
        return re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", content)
    return content
