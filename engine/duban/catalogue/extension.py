"""What Sphinx lacks for Chinese: a search that finds, and the theme's own words. An extension that only conf.py names.

Sphinx's own Chinese search cuts the text into words of a dictionary (jieba) but never cuts what a reader types, so that
带队检查 finds nothing where the text holds 带队 and 检查. Here a text is found by its pairs of neighbouring characters:
they are cut alike on both sides, and need no dictionary.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.search import SearchLanguage

HAN = "\\u3400-\\u9fff\\uf900-\\ufaff"
_RUNS = re.compile(rf"[{HAN}]+|[^\W{HAN}]+")
_SPLIT = rf"""
var splitQuery = (query) =>
  (query.match(/[{HAN}]+|(?:(?![{HAN}])[\p{{L}}\p{{N}}_])+/gu) || []).flatMap((run) =>
    !/^[{HAN}]{{2}}/.test(run) ? [run] : Array.from({{ length: run.length - 1 }}, (_, at) => run.slice(at, at + 2)));
"""

_WORDS = {
    "On this page": "本页",
    "Back to top": "回到顶部",
    "Home": "首页",
    "Next": "下一页",
    "Previous": "上一页",
    "Hide navigation sidebar": "收起目录",
    "Hide table of contents sidebar": "收起本页目录",
    "Skip to content": "跳到正文",
    "Toggle site navigation sidebar": "目录",
    "Toggle table of contents sidebar": "本页目录",
    "Toggle Light / Dark / Auto color theme": "浅色、深色",
}


class Pairs(SearchLanguage):
    """Chinese by pairs, and by single characters for whoever types one; anything else by words."""

    lang = "zh"
    language_name = "Chinese"
    js_splitter_code = _SPLIT

    def split(self, input: str) -> list[str]:
        """The terms of a text. SQL begins with a comment (queries.py) and has none: every search would find it."""
        if input.startswith("-- "):
            return []
        return [term for run in _RUNS.findall(input) for term in _terms(run)]

    def word_filter(self, word: str) -> bool:
        """What stands in the index: the reader's side drops bare numbers too."""
        return bool(word) and not word.isdigit()


def _terms(run: str) -> list[str]:
    if not re.match(f"[{HAN}]", run):
        return [run]
    return [*run, *(run[at : at + 2] for at in range(len(run) - 1))]


def _translate(app: Sphinx) -> None:
    """The theme brings no Chinese; what it says in English goes before Sphinx's own catalogue."""
    templates: Any = getattr(app.builder, "templates", None)
    if templates is not None:
        said: Any = app.translator
        templates.environment.install_gettext_callables(
            lambda words: _WORDS.get(words) or said.gettext(words), said.ngettext
        )


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_search_language(Pairs)
    app.connect("builder-inited", _translate)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
