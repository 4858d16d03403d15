"""similar_text: texts that should be each one's own are the same, or nearly: copied hazards, copied plans.

Texts are compared without marks, blanks and capitals. Equal ones are found by grouping. Similar ones share at least `at_least`
of their three-letter pieces (Jaccard); only texts that share one of their rarest pieces are compared, which loses none (two sets
that share so much must share one of the first few in any common order), except that a piece in more than `MOST` texts is no
trace of copying and is not followed. So the cost is the number of letters, plus at most `MOST` pairs for each rare piece of a text.
"""

from __future__ import annotations

from typing import ClassVar

from duban.leads.base import (
    FOUND,
    NO_PERIOD,
    Amount,
    Kind,
    LeadLint,
    LeadPlanner,
    Looked,
    Source,
    amount,
    as_text,
    members,
    resolve,
    shown_share,
)
from duban.sqltext import literal, quote
from duban.vocabulary import Names

MOST = 300
_WIDE = "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"
_NARROW = "0123456789abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"


class SimilarText(Kind):
    """`{text, differ, same, at_least, shortest, common}`: texts that are the same, or nearly, where `differ` is not."""

    word: ClassVar[str] = "similar_text"

    text: Names
    differ: Names
    same: Names = ()
    at_least: Amount = 1
    shortest: Amount = 10
    common: Amount = 0

    def problems(self, lint: LeadLint, record: str) -> None:
        for word in ("text", "differ", "same"):
            lint.fields(word, getattr(self, word), record)
        for word in ("text", "differ"):
            if not getattr(self, word):
                lint.problem(word, f"`{word}` is empty")
        lint.amount("at_least", self.at_least, share=True)
        lint.amount("shortest", self.shortest)
        lint.amount("common", self.common)

    def plan(self, looked: Looked, planner: LeadPlanner, name: str) -> None:
        source = Source(planner, looked)
        share = amount(planner.schema, self.at_least)
        planner.add(f"{name}/rows", self._rows(source), "the texts, made comparable")
        planner.add(f"{name}/texts", self._texts(source, name), "each text once, and whose it is")
        planner.add(f"{name}/pairs", _pairs(name, share), "texts that are nearly the same")
        planner.add(f"{name}/groups", _groups(name), "which texts hang together")
        differ = literal(source.titles(self.differ))
        numbers = (
            f"CASE WHEN alike = 1 THEN '文字相同' ELSE '文字相似度不低于' || {shown_share('alike')} END || '（阈值{share * 100:g}%），'\n"
            f"  || len(members) || '条；不同的' || {differ} || many || '个'"
        )
        planner.add(
            name,
            f"SELECT {FOUND} FROM (SELECT jurisdiction, members, CAST(NULL AS VARCHAR) AS key, alike AS measured,\n"
            f"  CAST({share} AS DOUBLE) AS threshold, {numbers} AS numbers, {NO_PERIOD}\n"
            f"FROM (SELECT g.jurisdiction, {members(looked.record, 'r.n')} AS members, count(DISTINCT r.d) AS many, min(g.alike) AS alike\n"
            f"  FROM {quote(name + '/groups')} g JOIN {quote(name + '/texts')} t USING (id)\n"
            f"  JOIN {quote(name + '/rows')} r ON r.jurisdiction = t.jurisdiction AND r.k = t.k AND r.txt = t.txt\n"
            "  GROUP BY g.jurisdiction, g.root))",
            "groups of records with one text",
        )

    def _rows(self, source: Source) -> str:
        joined = " || ".join(f"coalesce({as_text(resolve(source.row, name))}, '')" for name in self.text)
        plain = f"regexp_replace(lower(translate({joined}, '{_WIDE}', '{_NARROW}')), '[^\\p{{L}}\\p{{N}}]+', '', 'g')"
        columns = (f"{plain} AS txt", f"{source.together(self.same)} AS k", f"{source.together(self.differ)} AS d")
        shortest = max(amount(source.planner.schema, self.shortest), 3)
        return (
            f"SELECT n, jurisdiction, k, d, txt FROM (\n{source.select(*columns)}\n)\n"
            f"WHERE length(txt) >= {shortest} AND k IS NOT NULL AND d IS NOT NULL"
        )

    def _texts(self, source: Source, name: str) -> str:
        common = amount(source.planner.schema, self.common)
        limit = f"\nHAVING count(DISTINCT d) <= {common}" if common else ""
        return (
            "SELECT *, row_number() OVER (ORDER BY jurisdiction, k, txt) AS id, len(pieces) AS size FROM (\n"
            "  SELECT jurisdiction, k, txt, list_sort(list(DISTINCT d)) AS owners,\n"
            "    list_distinct([substr(txt, i, 3) for i in range(1, length(txt) - 1)]) AS pieces\n"
            f"  FROM {quote(name + '/rows')} GROUP BY jurisdiction, k, txt{limit})"
        )


def _pairs(name: str, share: float) -> str:
    """(jurisdiction, a, b, alike): pairs of different texts, a < b, that are similar and not of one owner alone."""
    texts = quote(name + "/texts")
    if share >= 1:
        return f"SELECT jurisdiction, id AS a, id AS b, CAST(1 AS DOUBLE) AS alike FROM {texts} WHERE FALSE"
    first = f"size - CAST(ceil({share} * size - 1e-9) AS BIGINT) + 1"
    fits = f"a.size >= {share} * b.size - 1e-9 AND b.size >= {share} * a.size - 1e-9"
    return (
        "WITH pieces AS (SELECT *, count(*) OVER (PARTITION BY jurisdiction, k, piece) AS often\n"
        f"  FROM (SELECT id, jurisdiction, k, size, unnest(pieces) AS piece FROM {texts})),\n"
        "rare AS (SELECT * FROM pieces\n"
        f"  QUALIFY row_number() OVER (PARTITION BY id ORDER BY often, piece) <= {first}),\n"
        "near AS (SELECT DISTINCT a.id AS a, b.id AS b FROM rare a JOIN rare b\n"
        f"  ON a.jurisdiction = b.jurisdiction AND a.k = b.k AND a.piece = b.piece WHERE a.id < b.id AND {fits}\n"
        f"  AND a.often <= {MOST}),\n"
        "counted AS (SELECT a.jurisdiction, a.id AS a, b.id AS b, len(list_intersect(a.pieces, b.pieces)) AS common, a.size + b.size AS sizes\n"
        f"  FROM near JOIN {texts} a ON a.id = near.a JOIN {texts} b ON b.id = near.b WHERE NOT (len(a.owners) = 1 AND a.owners = b.owners))\n"
        f"SELECT jurisdiction, a, b, CAST(common AS DOUBLE) / (sizes - common) AS alike FROM counted WHERE CAST(common AS DOUBLE) / (sizes - common) >= {share}"
    )


def _groups(name: str) -> str:
    """(jurisdiction, id, root, alike): texts of several owners, and texts joined by similarity; `root` names the group."""
    texts, pairs = quote(name + "/texts"), quote(name + "/pairs")
    return (
        f"WITH RECURSIVE ways AS (SELECT a, b FROM {pairs} UNION ALL SELECT b, a FROM {pairs}),\n"
        "reached(id, root) AS (SELECT DISTINCT a, a FROM ways\n"
        "  UNION SELECT w.b, r.root FROM reached r JOIN ways w ON w.a = r.id WHERE w.b > r.root),\n"
        "roots AS (SELECT id, min(root) AS root FROM reached GROUP BY id),\n"
        f"least AS (SELECT r.root, min(p.alike) AS alike FROM {pairs} p JOIN roots r ON r.id = p.a GROUP BY r.root)\n"
        "SELECT t.jurisdiction, t.id, coalesce(r.root, t.id) AS root, coalesce(l.alike, 1) AS alike\n"
        f"FROM {texts} t LEFT JOIN roots r ON r.id = t.id LEFT JOIN least l ON l.root = r.root\n"
        "WHERE r.id IS NOT NULL OR len(t.owners) > 1"
    )
