"""Writes a catalogue as Markdown, and builds it with Sphinx where that is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from duban.catalogue.markdown import Page
from duban.errors import EvaluationError, Issue, UsageError
from duban.pack import Pack

SOURCE, HTML = "source", "html"
_MARK = "# Written by `duban rules site`: the folder is emptied and written anew by it."
_NEEDED = {"sphinx": "Sphinx", "myst_parser": "MyST-Parser", "furo": "Furo"}
_SANS = 'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif'
_MONO = 'ui-monospace, "Cascadia Mono", Consolas, "Noto Sans Mono CJK SC", "Microsoft YaHei", monospace'


def missing() -> list[str]:
    """What must be installed before the site can be built."""
    return [title for module, title in _NEEDED.items() if find_spec(module) is None]


def write(pack: Pack, pages: Iterable[Page], folder: Path) -> Path:
    """Write the Markdown of a catalogue with its conf.py; returns its folder. Raises UsageError."""
    source = folder / SOURCE
    try:
        _emptied(source)
        for page in pages:
            path = source / f"{page.name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page.markdown, encoding="utf-8", newline="\n")
        (source / "conf.py").write_text(configuration(pack), encoding="utf-8", newline="\n")
        style = files("duban.catalogue").joinpath("site.css").read_text(encoding="utf-8")
        (source / "_static").mkdir()
        (source / "_static" / "site.css").write_text(style, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(
            "目录网站无法写入", [Issue("U010", f"{error.strerror or error}：{error.filename or folder}")]
        ) from error
    return source


def _emptied(source: Path) -> None:
    """A folder that is ours: nothing is deleted where anybody else may have put something."""
    mark = source / "conf.py"
    if source.exists() and not (mark.is_file() and mark.read_text(encoding="utf-8").startswith(_MARK)):
        hint = Issue("U012", f"{source} 已存在，不是本命令写的", hint="请换一个 --out 文件夹")
        raise UsageError("目录网站无法写入", [hint])
    shutil.rmtree(source, ignore_errors=True)
    shutil.rmtree(source.with_name(HTML), ignore_errors=True)
    source.mkdir(parents=True)
    mark.write_text(_MARK + "\n", encoding="utf-8")  # first, so that a run that was cut off can be repeated


def configuration(pack: Pack) -> str:
    """conf.py: everything that Sphinx must know. No font and no script comes from another host."""
    title = f"{pack.header.number}　义务目录"
    fonts = {"font-stack": _SANS, "font-stack--monospace": _MONO}
    settings = {
        "project": title,
        "html_title": title,
        "html_short_title": pack.header.number,
        "author": pack.header.issuer,
        "language": "zh_CN",
        "extensions": ["myst_parser", "duban.catalogue.extension"],
        "smartquotes": False,
        "html_theme": "furo",
        "html_theme_options": {"light_css_variables": fonts, "top_of_page_buttons": []},
        "html_static_path": ["_static"],
        "html_css_files": ["site.css"],
        "html_copy_source": False,
        "html_show_sphinx": False,
        "html_show_copyright": False,
        "html_use_index": False,
        "html_domain_indices": False,
    }
    return "\n".join([_MARK, *(f"{name} = {value!r}" for name, value in settings.items())]) + "\n"


def build(source: Path) -> Path:
    """Build the pages; returns the first of them. A warning of Sphinx is our mistake: EvaluationError."""
    html = source.with_name(HTML)
    with tempfile.TemporaryDirectory(prefix="duban-site-") as cache:
        command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-j", "auto", "-W", "--keep-going", "-d", cache]
        done = subprocess.run(
            [*command, str(source), str(html)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout.decode("utf-8", "replace")).strip()
        raise EvaluationError(f"Sphinx 未能生成网页（Markdown 在 {source}）：\n{said}")
    for left in (html / ".buildinfo", html / "objects.inv"):  # no other site refers to this one
        left.unlink(missing_ok=True)
    return html / "index.html"
