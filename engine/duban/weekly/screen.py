"""The ten sections of the first screen, in the order in which the head of the bureau asks. Numbers are computed.

Never here: rankings of towns, names of people, data anomalies, one total that mixes 未达到, 逾期 and 证据不足.
"""

from __future__ import annotations

from duban.report.week import Section
from duban.weekly import desk, field
from duban.weekly.material import Material

FIRST = "首次审核，无上周对比"
CHOICES = ("同意", "不同意", "再核")


def sections(m: Material) -> tuple[Section, ...]:
    """In order; where a notice says nothing of a section there is none, and the others keep their numbers."""
    decided, more = desk.decisions(m)
    compared = "较上周" if m.past.before else FIRST
    found = (
        Section("sentence", "一、一句话", tuple(field.sentence(m))),
        Section("running", "二、矿山运行", tuple(field.running(m))),
        Section("majors", "三、重大隐患", tuple(field.archive(m)), field.archive_table(m)),
        Section("decide", "四、请局领导本周决定", decided, None, CHOICES, more),
        Section("checks", "五、检查任务", tuple(field.checks(m))),
        Section("sent", "六、报送", tuple(field.sent(m))),
        Section("verify", f"七、待核实事项（{compared}）", tuple(desk.to_verify(m))),
        Section("interviews", "八、拟提请约谈研究（建议稿）", tuple(desk.interviews(m))),
        Section("due", "九、七日内到期", tuple(desk.due_lines(m.due))),
        Section("data", "十、口径与数据", tuple(desk.data(m))),
    )
    return tuple(one for one in found if one.lines or one.table or one.note)
