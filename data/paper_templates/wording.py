"""The shipped papers, one function for each: what stands in them, and where what is filled in goes.

Facts are “资料显示未达到…（待核实）” until a person has confirmed them. Dates, places, numbers, deadlines and
signatures stay blank.
"""

from __future__ import annotations

from collections.abc import Callable

from paper_templates.layout import Paper, lines, loop, when

DAY = "{{ 某年月日 }}"
BOXES = "□ 已核实　□ 部分属实　□ 已澄清　□ 无法核实"
WHO = [
    ("单位", "{{ 单位 }}", "类别", "{{ 类别 }}"),
    ("信用代码", "{{ 信用代码 or '名册上没有，请补' }}", "所在镇", "{{ 所在镇 }}"),
]
CONTACT = "联系人：{{ 联系人 }}　　电话：{{ 电话 }}"


def check(paper: Paper) -> None:
    """核实单: goes to whoever verifies. Facts, records, what speaks for the unit, and blanks."""
    paper.title("待核实事项核实单")
    paper.form(
        [
            *WHO,
            ("主要负责人职务", "{{ 职务 }}", "承办股室", "{{ 股室 }}"),
            ("编　　号", "{{ 序号 }}", "资料截至", "{{ 资料截至 }}"),
            ("初步情形", "{{ 情形 }}（资料显示，待核实）"),
            *when("此前", [("此前情况", "{{ 此前 | join('\\n') }}")]),
            *when("有利情况", [("有利情况", "{{ 有利情况 | join('\\n') }}")]),
            *when("需核实", [("需核实事项", "{{ 需核实 | join('\\n') }}")]),
        ]
    )
    item = [
        ("{{ 项.序号 }}．{{ 项.事项 }}",),
        ("条款原文", "{{ 项.条款原文 }}（{{ 项.依据 }}）"),
        ("资料显示", "{{ 项.详情 }}"),
        ("记录号", "{{ 项.记录 or '无对应记录' }}"),
        ("来　　源", "{{ 项.来源 or '—' }}"),
        ("有利情况", "{{ 项.有利 or '未见' }}"),
        *when("项.看不到", [("资料看不到", "{{ 项.看不到 }}")]),
        ("核实结果", "{{ 项.核实 or '" + BOXES + "' }}"),
        ("核实方式和证据", lines("{{ 项.核实证据 }}", "时间：" + DAY)),
        ("单位说明", lines("{{ 项.陈述 }}", "")),
    ]
    paper.form(loop("事项", item))
    paper.form(
        [("核实人（两人）", "签字：______、______", "单位负责人", "签字：________"), ("核实日期", DAY, "签收日期", DAY)]
    )
    paper.note(
        "说明：本单列明资料显示的情况，供核实使用，不是结论，不作为处罚依据。没有资料的写“未见资料”，不写成没有做；"
        "单位的说明和有利情况一并如实记载。"
    )


def reminder(paper: Paper) -> None:
    """提醒函: to an enterprise of the second tier."""
    paper.red_head()
    paper.title("关于核对有关履责事项的提醒函")
    paper.number()
    paper.add("公文主送", "{{ 单位 }}：")
    paper.text(
        "按照《{{ 通知名称 }}》通知（{{ 通知文号 }}）要求，我局对截至{{ 截至 }}的资料作了比对。"
        "下列事项{{ '经核实尚未达到要求' if 已核实 else '资料显示尚未达到要求（待核实）' }}，现予提醒："
    )
    _listed_facts(paper)
    paper.text(
        "请于" + DAY + "前逐项对照：已经做到的，补报有关记录；尚未做到的，抓紧落实；情况有出入的，书面说明。"
        "没有回复的，由{{ 股室 }}到现场核实。",
    )
    paper.closing("本函由资料比对形成，只作提醒，不是认定结论，不作为处罚依据。", CONTACT)
    paper.signed()
    paper.copies()


def _listed_facts(paper: Paper) -> None:
    paper.tag("for 项 in 事项")
    paper.text(
        "{{ 项.序号 }}．{{ 项.事项 }}（{{ 项.条款原文 }}）：{{ 项.详情 }}"
        "{{ '有利情况：' ~ 项.有利事实 ~ '。' if 项.有利事实 else '' }}"
    )
    paper.tag("endfor")


def urging(paper: Paper) -> None:
    """催办单: to one town, about its own and its mines' duties."""
    paper.red_head()
    paper.title("工作催办单")
    paper.number()
    paper.add("公文主送", "{{ 单位 }}：")
    paper.text(
        "按照《{{ 通知名称 }}》通知（{{ 通知文号 }}）要求，截至{{ 截至 }}，下列事项尚待办理或者核对，请抓紧办理，"
        "并于" + DAY + "前书面回复。已经办理的，请补报记录。"
    )
    for field, heading, column in (
        ("本中心", "镇应急管理中心应办事项", "情况"),
        ("企业", "请督促辖区企业核对、落实的事项", "情况"),
        ("待补", "证据不足、请补报资料的事项（不作为问题）", "缺什么"),
    ):
        paper.tag(f"if {field}")
        paper.heading(heading, after=4)
        paper.grid(
            (12, 32, 48, 64),
            ("序号", "主体", "事项和条款", column),
            loop(field, [("{{ 项.序号 }}", "{{ 项.单位 }}", lines("{{ 项.事项 }}", "{{ 项.条款 }}"), "{{ 项.详情 }}")]),
        )
        paper.tag("endif")
    paper.closing("本单由资料比对形成，只作催办，不是认定结论，不作为处罚依据。", CONTACT)
    paper.signed()
    paper.copies()


def committee(paper: Paper) -> None:
    """致县安委办工作提醒: duties of town leaders and of the bureau itself, by post."""
    paper.red_head()
    paper.title("关于有关工作落实情况的工作提醒")
    paper.number()
    paper.add("公文主送", "{{ 安委办 }}：")
    paper.text(
        "按照《{{ 通知名称 }}》通知（{{ 通知文号 }}）要求，我局对截至{{ 截至 }}的资料作了比对。"
        "镇领导督导和我局自身的工作情况，按职责由你办掌握、研究，现提请知悉。各项均按职务列出，不涉及个人；未注明已核实的均待核实。"
    )
    for field, heading, who in (("镇领导", "镇领导督导方面", "责任职务"), ("本局", "我局自身方面", "责任股室")):
        paper.tag(f"if {field}")
        paper.heading(heading, after=4)
        row = (
            "{{ 项.序号 }}", "{{ 项.责任 }}", lines("{{ 项.事项 }}", "{{ 项.条款原文 }}"), "{{ 项.期间 }}",
            "{{ 项.情况 }}", "{{ 项.核实 }}",
        )  # fmt: skip
        head = ("序号", who, "事项和条款", "期间", "资料显示", "核实情况")
        paper.grid((12, 28, 46, 22, 26, 22), head, loop(field, [row]))
        paper.tag("endif")
    paper.text("我局自身的不足不由我局自行认定，请你办按职责处理。")
    paper.closing("本提醒由资料比对形成，不是认定结论，不作为处罚依据。", CONTACT)
    paper.signed()
    paper.copies()


def circular(paper: Paper) -> None:
    """工作通报: internal, figures of towns and sections only."""
    paper.red_head()
    paper.title("工作情况通报")
    paper.number()
    paper.text(
        "按照《{{ 通知名称 }}》通知（{{ 通知文号 }}）要求，现将截至{{ 截至 }}的工作情况通报如下。各列性质不同，不相加；"
        "各镇{{ 按名 or '按固定' }}顺序排列，不是排名；待核实、证据不足的不作为问题。"
    )
    paper.heading("一、各镇（项）", after=4)
    names = ("中心待核实", "中心已核实", "企业待核实", "企业已核实", "逾期达到", "证据不足", "已澄清")
    head = (
        "镇",
        lines("镇中心", "待核实"),
        lines("镇中心", "已核实"),
        lines("企业", "待核实"),
        lines("企业", "已核实"),
        lines("逾期", "达到"),
        lines("证据", "不足"),
        "已澄清",
    )
    row = ("{{ 项.名称 }}", *(f"{{{{ 项.{name} }}}}" for name in names))
    paper.grid((30, *[18] * 7), head, loop("各镇", [row]), style="表格数字")
    paper.heading("二、县局各股室（项）", after=4)
    names = ("待核实", "已核实", "逾期达到", "证据不足", "已澄清")
    row = ("{{ 项.名称 }}", *(f"{{{{ 项.{name} }}}}" for name in names))
    paper.grid((46, *[22] * 5), ("股室", *names), loop("各股室", [row]), style="表格数字")
    paper.closing("请各镇应急管理中心对照催办单，各股室对照核实单，抓紧核实、补报和落实。")
    paper.signed()


def approval(paper: Paper) -> None:
    """约谈审批单: from verified findings; the section proposes, legal checks, the deputy head and the head decide."""
    paper.title("约谈审批单")
    paper.form(
        [
            *WHO,
            ("被约谈人", "{{ 被约谈人 }}", "职　　务", "{{ 职务 }}"),
            ("建议约谈主体", "{{ 约谈主体 }}", "建议措施", "{{ 措施 }}"),
            ("触发情形", "{{ 情形 }}"),
            ("依据条款", "{{ 条款 }}\n{{ 条款原文 | join('\\n') }}"),
            ("性　　质", "{{ 性质 }}"),
            *when("程序", [("尚须履行的程序", "{{ 程序 | join('；') }}")]),
            ("此前情况", "{{ 此前 | join('\\n') or '无记录' }}"),
            ("有利情况", "{{ 有利情况 | join('\\n') or '未见' }}"),
            ("单位陈述", "{{ 陈述 | join('\\n') or '（请补）' }}"),
        ]
    )
    paper.grid(
        (12, 56, 56, 32),
        ("序号", "经核实的事实", "证据和来源", "核实情况"),
        loop(
            "事项",
            [
                (
                    "{{ 项.序号 }}",
                    "{{ 项.事项 }}：{{ 项.详情 }}",
                    "{{ [项.记录简, 项.来源简, 项.核实证据] | select | unique | join('\\n') }}",
                    "{{ 项.核实 }}",
                )
            ],
        ),
    )
    paper.opinions(("承办股室意见", "{{ 法制股室 }}审核意见", "分管领导意见", "局长批示"))
    paper.note("说明：约谈不代替、也不免除依法应当采取的其他措施。不予约谈的，写明理由；同一事实不再提请。")


def summons(paper: Paper) -> None:
    """约谈通知书, and the receipt of its delivery on a page of its own."""
    paper.red_head()
    paper.title("警示约谈通知书")
    paper.number()
    paper.add("公文主送", "{{ 单位 }}：")
    paper.text(
        "经核实，你单位存在{{ 情形 }}的情形。依据《{{ 通知名称 }}》通知（{{ 通知文号 }}）{{ 条款 }}，"
        "决定对你单位主要负责人进行警示约谈。现将有关事项通知如下："
    )
    paper.heading("一、被约谈单位和被约谈人")
    paper.text(
        "被约谈单位：{{ 单位 }}",
        "统一社会信用代码：{{ 信用代码 or '名册上没有，请补' }}",
        "被约谈人：{{ 被约谈人 }}，职务：{{ 职务 }}",
    )
    paper.heading("二、约谈事由")
    _listed_facts(paper)
    paper.heading("三、时间和地点")
    paper.text("时间：____年__月__日__时__分", "地点：________________________")
    paper.heading("四、约谈人员")
    paper.text("主约谈人：____________", "参加人员：____________")
    paper.heading("五、程序")
    paper.text("宣布事由；通报经核实的情况；听取被约谈人说明；提出要求；被约谈人表态；形成纪要，双方签字。")
    paper.heading("六、须提交的书面材料")
    paper.text("基本情况，原因分析，吸取的教训，整改措施（写明责任人和时限）。请于约谈前提交。")
    paper.heading("七、其他")
    paper.text(
        "被约谈人应当本人参加，不得委托他人；确有特殊原因不能按时参加的，请事先书面说明，另定时间。"
        "对上述情况有异议的，可以书面说明并提交证据，也可以在约谈时当面说明。",
    )
    paper.closing(CONTACT, "签发人：____________")
    paper.signed()
    paper.copies()
    paper.new_page()
    paper.title("送达回证")
    blank = "____________"
    paper.form(
        [
            ("送达文书", "警示约谈通知书（{{ 文号 }}）"),
            ("受送达单位", "{{ 单位 }}"),
            ("送达地点", blank),
            ("送达方式", "□ 直接送达　□ 留置送达　□ 邮寄送达　□ 其他：______"),
            ("送达人（两人）", "签字：______、______"),
            ("签收人", "签字（盖章）：______", "职　　务", blank),
            ("签收时间", "____年__月__日__时__分"),
            ("不能签收的原因", lines("", "见证人签字：" + blank)),
            ("备　　注", lines("", "")),
        ]
    )


def attendance(paper: Paper) -> None:
    """签到表. No telephone numbers: nobody needs them there."""
    paper.title("约谈签到表")
    paper.form(
        [
            ("约谈单位", "{{ 发文机关 }}", "被约谈单位", "{{ 单位 }}"),
            ("时　　间", "____年__月__日__时", "地　　点", "____________"),
        ]
    )
    rows = [("约谈方", "", "", "")] * 4 + [("被约谈方", "", "", "")] * 4 + [("列　席", "", "", "")] * 3
    paper.grid((28, 58, 38, 32), ("参加方", "单位", "职务", "签名"), rows, height=12)


def minutes(paper: Paper) -> None:
    """约谈纪要."""
    paper.title("约谈纪要")
    blank = "____________"
    paper.form(
        [
            ("编　　号", "{{ 文号 }}"),
            ("被约谈单位", "{{ 单位 }}"),
            ("时　　间", "____年__月__日__时", "地　　点", blank),
            ("主约谈人", blank, "参加人员", blank),
            ("被约谈方参加", "见签到表", "列席人员", blank),
            ("记录人", blank, "事　　由", "{{ 情形 }}"),
        ]
    )
    paper.grid(
        (12, 66, 40, 38),
        ("序号", "通报的问题（事实）", "证据", "依据"),
        loop("事项", [("{{ 项.序号 }}", "{{ 项.事项 }}：{{ 项.详情 }}", "{{ 项.记录简 }}", "{{ 项.条款原文 }}")]),
    )
    paper.form([("被约谈方陈述", lines(*[""] * 5)), ("约谈要求", lines(*[""] * 5))])
    rows = loop("事项", [("{{ 项.序号 }}", "{{ 项.事项 }}", "", "", DAY)])
    paper.grid((12, 48, 40, 20, 36), ("序号", "事项", "整改措施", "责任人", "时限"), rows)
    paper.form(
        [
            ("书面反馈期限", DAY + "前（由双方在约谈时商定，必填）"),
            ("后续核查", "核查日期：" + DAY + "　　结论见约谈后核查表"),
            ("约谈方签字", lines("", DAY), "被约谈方签字", lines("", DAY)),
            *when("抄送", [("抄　　送", "{{ 抄送 }}")]),
        ]
    )


def feedback(paper: Paper) -> None:
    """整改情况反馈表: the unit fills it in and sends it back."""
    paper.title("整改情况反馈表")
    paper.form([("填报单位", "{{ 单位 }}", "所在镇", "{{ 所在镇 }}"), ("约谈日期", DAY, "反馈期限", DAY)])
    paper.grid(
        (12, 38, 34, 18, 36, 18),
        ("序号", "约谈通报的问题", lines("整改措施", "和完成情况"), "责任人", "完成日期", "佐证"),
        loop("事项", [("{{ 项.序号 }}", "{{ 项.事项 }}", "", "", DAY, "")]),
        height=30,
    )
    paper.form(
        [
            ("尚未完成的原因、计划和防范措施", lines(*[""] * 4)),
            ("主要负责人签字（盖章）", lines("", ""), "填报日期", DAY),
        ]
    )
    paper.note("请于反馈期限以前报送{{ 发文机关 }}（{{ 股室 }}）。" + CONTACT)


def visit(paper: Paper) -> None:
    """约谈后核查表: what was found on site, and whether it is closed."""
    paper.title("约谈后核查表")
    paper.form(
        [
            *WHO,
            ("约谈日期", DAY, "核查日期", DAY),
            ("反馈情况", lines("□ 按期　□ 逾期", "□ 未反馈"), "核查方式", "□ 现场　□ 资料"),
        ]
    )
    paper.grid(
        (12, 46, 46, 28, 24),
        ("序号", "约谈通报的问题", "核查情况", "核查结果", "证据"),
        loop("事项", [("{{ 项.序号 }}", "{{ 项.事项 }}", "", lines("□ 已整改", "□ 部分整改", "□ 未整改"), "")]),
        height=20,
    )
    paper.form(
        [
            ("核查结论", lines("□ 闭环", "□ 继续整改，下次核查日期：" + DAY, "□ 由股室研究下一步措施，另行报批")),
            ("核查人（两人）", "签字：______、______", "单位负责人", "签字：________"),
            ("单位意见", lines("", "")),
        ]
    )


PAPERS: dict[str, Callable[[Paper], None]] = {
    "核实单": check,
    "提醒函": reminder,
    "催办单": urging,
    "致县安委办工作提醒": committee,
    "工作通报": circular,
    "约谈审批单": approval,
    "约谈通知书": summons,
    "签到表": attendance,
    "约谈纪要": minutes,
    "整改情况反馈表": feedback,
    "约谈后核查表": visit,
}
