"""The SQL of a pack's obligations and leads: what `duban rules sql` prints, in parts that pages can share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from duban.catalogue.markdown import Page, block, fold
from duban.catalogue.material import Material
from duban.compile import compile_pack
from duban.compile.leads import compile_leads
from duban.model import Step


class Queries:
    """Each obligation is planned alone, as `duban rules sql` does; the views are the same for all of them."""

    def __init__(self, material: Material) -> None:
        self.material, self.views = material, dict[str, Step]()

    def own(self, obligation: str) -> list[Step]:
        """The steps that only this obligation has; the others are kept for the page of views."""
        moment, found = self.material.moment, []
        for step in compile_pack(self.material.pack, moment, moment, [obligation]).steps:
            if step.name.startswith((f"{obligation}/", "scan/")):
                found.append(step)
            else:
                self.views.setdefault(step.name, step)
        return found

    def lead(self, name: str) -> list[Step]:
        steps = compile_leads(self.material.pack, self.material.moment, self.material.moment, [name]).steps
        return [step for step in steps if step.name.startswith(f"lead/{name}/") or step.name == f"lead/{name}"]

    def shown(self, steps: Iterable[Step]) -> Iterator[str]:
        """As one block. It begins with a comment, by which the search index leaves it out (extension.py)."""
        yield from block("\n\n".join(f"-- {step.name}: {step.why}\n{step.sql};" for step in steps), "text")

    def page(self) -> Page:
        """The views that obligations share; after the last of their pages."""
        day = self.material.moment.date()
        lines = [
            "台账的最新版本、责任主体的在册期间、已报送的日期：各项义务都从这些表取数。",
            "一项义务自己的各步在它的页上；全部各步的次序见 `duban rules sql 义务编号`。",
            "",
            "rules、duties、missing 三步把各项义务合在一起，这里以一项义务为例；一次审计把各项义务合成一组，写法相同的步骤只做一次。",
            f"查询里的截至时点、掌握时点写作 {day:%Y-%m-%d} 00:00，即最后一个时段结束之时。",
        ]
        for name, step in sorted(self.views.items()):
            lines += fold(name, self.shown([step]), "sql")
        return Page("queries", "共用的各步查询", lines)
