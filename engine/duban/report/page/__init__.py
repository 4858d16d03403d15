"""One self-contained HTML file of a week: opens from a stick, on a desk and a phone, prints; fetches nothing.

Everything is inlined: style, script, Chart.js (vendor/), and the findings as data. A policy in the page allows its own script
and style by their hashes and nothing else, so that no text of a record can ever run or load anything.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from duban import cache as cached
from duban.report.page.payload import as_json, payload
from duban.report.page.view import view

if TYPE_CHECKING:
    import jinja2
    from jinja2.bccache import Bucket

    from duban.report.week import Week

HERE = Path(__file__).parent
_KIND = "template"  # in the cache
_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)  # a debugger would look for that file


def page_html(week: Week) -> str:
    """The page of an edition, as text."""
    shown, bases = view(week)
    style, scripts, policy = _frame()
    return (
        _environment()
        .get_template("page.html")
        .render(
            **shown,
            style=style,
            scripts=scripts,
            policy=policy,
            data=as_json(payload(week, bases)),
        )
    )


def write_page(week: Week, path: Path) -> Path:
    """Write the page of an edition; the file is new or is replaced. Raises OSError."""
    path.write_text(page_html(week), encoding="utf-8", newline="\n")
    return path


@cache
def _frame() -> tuple[str, tuple[str, ...], str]:
    """Style, scripts and policy: the same for the page of every town."""
    style = _asset("page.css")
    scripts = (_MAP.sub("", _asset("vendor/chart.umd.min.js")), _asset("page.js"))
    return style, scripts, _policy(style, scripts)


@cache  # it keeps the templates that it has compiled
def _environment() -> jinja2.Environment:
    """Templates that escape every value; what is inlined as it is has its own filter."""
    import jinja2
    from markupsafe import Markup

    class Compiled(jinja2.BytecodeCache):
        """Templates as Python's bytecode, in the cache: to compile them takes as long as to fill them for a county."""

        def load_bytecode(self, bucket: Bucket) -> None:
            kept = cached.recall(_KIND, cached.key(_KIND, bucket.key, bucket.checksum))
            if isinstance(kept, bytes):
                bucket.bytecode_from_string(kept)

        def dump_bytecode(self, bucket: Bucket) -> None:
            cached.remember(_KIND, cached.key(_KIND, bucket.key, bucket.checksum), bucket.bytecode_to_string())

    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=Compiled(),
    )
    found.filters["inline"] = Markup  # our own assets and data that is escaped for a script element, nothing else
    return found


def _asset(name: str) -> str:
    """A file of this package; in an element it must not hold the end tag of its element."""
    text = (HERE / name).read_text(encoding="utf-8")
    assert "</script" not in text, name
    assert "</style" not in text, name
    return text


def _policy(style: str, scripts: Iterable[str]) -> str:
    """The content security policy: own script and style by hash; nothing may be fetched, framed or sent."""
    allowed = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


__all__ = ["page_html", "write_page"]
