"""Templates: .docx files that are read once, checked, and filled as often as one likes.

docxtpl turns what a person typed in Word (`{{ 单位 }}`, even broken into several runs) into a Jinja template. We fill that and
write the file ourselves: docxtpl would read the .docx anew for each paper. The bytes depend on nothing but the fields.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban.errors import Issue, Place, UsageError
from duban.report.papers.bureau import Bureau
from duban.report.papers.kinds import KINDS, Kind, PaperError, forbidden
from duban.report.papers.words import shown

if TYPE_CHECKING:
    from jinja2 import Environment, Template

SHIPPED = Path(__file__).parent / "templates"
MARKS = ("建议稿", "内部")  # the fields that the header of every page must print
_FILLED = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Form:
    """A template that was read: the parts to be filled, and the other files as they are, in the order of the file."""

    path: Path
    filled: Mapping[str, Template]
    rest: Mapping[str, bytes]
    order: tuple[str, ...]

    def fill(self, fields: Mapping[str, Any]) -> bytes:
        """The paper as the bytes of a .docx. Raises UsageError for a field that there is not."""
        from jinja2 import TemplateError

        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
            for name in self.order:
                content = self.rest.get(name)
                if content is None:
                    try:
                        content = _with_breaks(self.filled[name].render(fields)).encode()
                    except TemplateError as error:
                        raise _bad(self.path, f"模板无法填写：{error.message}", "核对 {{ }} 里的字段名") from error
                package.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
        return stream.getvalue()


class Forms:
    """The templates of a run: the bureau's own where there is one, else the shipped; each is read when first used."""

    def __init__(self, bureau: Bureau) -> None:
        self._own = Path(bureau.templates) if bureau.templates else None
        self._read: dict[str, Form] = {}
        if self._own is not None:
            strange = [
                path for path in sorted(self._own.glob("*.docx")) if path.stem not in KINDS and path.name[:1] != "~"
            ]
            if strange:
                hint = f"模板以文书命名，可用：{'、'.join(KINDS)}"
                raise UsageError(
                    "有不能拟写的文书模板", [Issue("B011", "没有这种文书", Place(str(path)), hint) for path in strange]
                )

    def __getitem__(self, kind: Kind) -> Form:
        """The template of a kind. Raises PaperError for a kind that is not of the list, UsageError for a bad template."""
        if KINDS.get(kind.name) is not kind:
            raise PaperError(f"“{kind.name}”不是可以拟写的文书")
        if kind.name not in self._read:
            own = self._own / f"{kind.name}.docx" if self._own is not None else None
            self._read[kind.name] = read_form(
                own if own is not None and own.is_file() else SHIPPED / f"{kind.name}.docx"
            )
        return self._read[kind.name]


def read_form(path: Path) -> Form:
    """Read and check a template. Raises UsageError if it is no .docx, is not marked, or says what no paper may say."""
    from docxtpl import DocxTemplate
    from jinja2 import TemplateSyntaxError

    try:
        with zipfile.ZipFile(path) as package:
            content = {name: package.read(name) for name in package.namelist() if not name.endswith("/")}
        sources = {name: content.pop(name).decode() for name in list(content) if _FILLED.fullmatch(name)}
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise _bad(path, "模板打不开，或不是 .docx 文件", str(error)) from error
    others = {
        name: part.decode("utf-8", "replace")
        for name, part in content.items()
        if name.startswith("word/") and name.endswith(".xml")
    }
    _check_words(path, {**sources, **others})  # footnotes and comments too
    _check_marks(path, sources, content.get("word/settings.xml", b"").decode())
    environment, patch = _environment(), DocxTemplate(path).patch_xml
    try:
        filled = {name: environment.from_string(patch(source)) for name, source in sources.items()}
    except TemplateSyntaxError as error:
        raise _bad(path, f"模板的写法不对：{error.message}", "核对 {{ }} 和 {% %} 是否成对") from error
    return Form(
        path,
        filled,
        content,
        tuple(sorted([*content, *filled], key=lambda name: (name != "[Content_Types].xml", name))),
    )


def text_of(source: str) -> str:
    """The text of a part, each paragraph on a line of its own."""
    return re.sub(r"<[^>]*>", "", re.sub(r"</w:p>", "\n", source))


def _environment() -> Environment:
    """Values are text, never markup or code; a field that there is not is an error; all texts are masked."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def printed(value: Any) -> Any:
        return shown(value) if isinstance(value, str) else value

    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=printed)


def _with_breaks(source: str) -> str:
    """Line breaks in values as Word's own."""
    return re.sub(r"<w:t(?: [^>]*)?>[^<]*</w:t>", _broken, source)


def _broken(match: re.Match[str]) -> str:
    return match[0].replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')


def _check_words(path: Path, sources: Mapping[str, str]) -> None:
    found = [word for source in sources.values() for word in forbidden(text_of(source))]
    if found:
        raise _bad(
            path, f"模板里有不得拟写的内容：{'、'.join(dict.fromkeys(found))}", "这类文书各有法定程序，不由程序拟写"
        )


def _check_marks(path: Path, sources: Mapping[str, str], settings: str) -> None:
    """Every page has a header, and every header prints the marks."""
    wanted = {"default"}
    if "<w:evenAndOddHeaders" in settings:
        wanted.add("even")
    first, *others = re.findall(r"<w:sectPr.*?</w:sectPr>", sources.get("word/document.xml", ""), re.DOTALL) or [""]
    if any("<w:titlePg" in section for section in (first, *others)):
        wanted.add("first")
    there = set(re.findall(r'<w:headerReference[^>]*w:type="(\w+)"', first))
    headers = {name: text_of(source) for name, source in sources.items() if "header" in name}
    unmarked = [name for name, text in headers.items() if not all(f"{{{{{mark}}}}}" in _tight(text) for mark in MARKS)]
    if wanted - there or unmarked:
        hint = "首页、奇数页、偶数页的页眉都要有 {{ 建议稿 }} 和 {{ 内部 }}，签发以后再删"
        raise _bad(path, "模板有一页的页眉没有标明建议稿和内部资料", hint)


def _tight(text: str) -> str:
    return re.sub(r"\s", "", text)


def _bad(path: Path, message: str, hint: str) -> UsageError:
    return UsageError("文书模板不能用，没有拟写文书", [Issue("B010", message, Place(str(path)), hint)])
