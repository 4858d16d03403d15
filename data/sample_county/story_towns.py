"""The story's lines about towns: their checks, their leaders, what they sent."""

from __future__ import annotations

from sample_county.basics import BUREAU, Row, at, day
from sample_county.papers import submission
from sample_county.places import TOWNS, Town
from sample_county.posts import deputy_replaced
from sample_county.records import BUREAU_LEVEL, DEPUTY, PRINCIPAL, TOWN, County, Record
from sample_county.story_mines import extra_check


def named(name: str) -> Town:
    return next(town for town in TOWNS if town.short == name)


# --- checks and meetings


def f10(county: County) -> None:
    """癸河's special meeting is held only on 11-14. R04: 11-09 P; 11-27 L."""
    record = county.one("town_meeting", "癸河-会-1107")
    changed = {"meeting_id": "癸河-会-1114", "held_on": at("11-14 09:00")}
    record.life = [(at("11-14 09:00"), {**record.cells, **changed}, None)]


def f21(county: County) -> None:
    """丁坪 misses M22 in December. 12-31 P; 01-05 B, 3 of 4: M23 is out.

    The bureau was at M22 on 12-15, which is no check of the town's.
    """
    county.remove(county.checks("M22", TOWN, 12))


def f22(county: County) -> None:
    """癸河 checks neither of its two mines in January. R21: 01-05 P; 02-10 B, 0 of 2; convener 县安委办."""
    for mine in ("M45", "M46"):
        county.remove(county.checks(mine, TOWN, 1))


def n12(county: County) -> None:
    """A joint check of bureau and town at M14 on 12-12, signed by both: one record, in both files, counts for both."""
    (own,) = county.checks("M14", TOWN, 12, "百日攻坚")
    county.move(own, day("12-12"))
    own.update(levels=[BUREAU_LEVEL, TOWN], org=f"{BUREAU}、丙川镇应急管理中心", mode="联合执法")
    own["leaders"] = ["县局执法一队队长", "丙川镇中心主任"]
    own["inspectors"] = ["县局执法一队队员1", "县局执法一队队员2", "丙川镇中心检查员1"]


def n30(county: County) -> None:
    """M40 in December: only a 复查 of the town's and one of the bureau's. R21 of 辛庄: 12-31 P; 01-05 manual, not B."""
    county.remove(county.checks("M40", TOWN, 12)[1:])
    (own,) = county.checks("M40", TOWN, 12)
    own["purpose"] = "复查"
    county.drop([county.one("hazard", "M40-镇-2312")])
    extra_check(county, "M40", "12-19 14:30", [BUREAU_LEVEL], ["县局执法二队队长"], team=2)


def busy_towns(county: County) -> None:
    """No fault: 壬店 sees its last mine on 11-28, 己湾 on 12-27: in the supplements, complete all the same."""
    for mine, month, on in (("M43", 11, "11-28"), ("M33", 12, "12-27")):
        rows = county.checks(mine, TOWN, month)
        county.remove(rows[1:])
        county.move(rows[0], day(on))


# --- leaders


def visits(county: County, town: str, level: str, first: str, last: str) -> list[Row]:
    return [
        row
        for row in county.inspections
        if level in row["levels"]
        and county.mines[row["enterprise_id"]].town == f"{town}镇"
        and day(first) <= row["start_at"].date() <= day(last)
    ]


def f43(county: County) -> None:
    """丙川's secretary and mayor visit nobody in December; the office's return is complete. 12-31 P; 01-05 B."""
    county.remove(visits(county, "丙川", PRINCIPAL, "12-01", "12-31"))


def f44(county: County) -> None:
    """壬店's deputy visits nobody in the weeks of 12-04 and 12-18. 12-08 P; 12-31 B twice."""
    for monday, sunday in (("12-04", "12-10"), ("12-18", "12-24")):
        county.remove(visits(county, "壬店", DEPUTY, monday, sunday))


def f45(county: County) -> None:
    """庚寨 holds no 调度会 in January. R91: 02-10 B."""
    county.drop([county.one("town_meeting", "庚寨-会-0115")])


def f47(county: County) -> None:
    """癸河: nothing published, said so. R93, R94: 02-10 P; 02-20 B, a reminder. R29 too: B."""
    county.drop(county.of("publicity", town="癸河镇"))


def f48(county: County) -> None:
    """No 有限空间回头看 at M26 (in the faultless county neither).

    R43: 02-10 B on 戊塬's centre (2 of 3) and on the bureau (9 of 10), not on M26.
    """


def n21(county: County) -> None:
    """戊塬's deputy is on leave 01-08 to 01-14; the acting deputy visits on 01-10. M."""
    acting = "戊塬镇代理副镇长"
    deputy_replaced(county, named("戊塬"), day("01-08"), day("01-14"), acting)
    (row,) = visits(county, "戊塬", DEPUTY, "01-08", "01-14")
    row["leaders"] = [acting]


def n22(county: County) -> None:
    """子丑, 寅卯 have no mine and hand in nil returns (in the faultless county too). R21, R89–91, R103: n/a."""


def n27(county: County) -> None:
    """No deputy visits anybody in the week of the Spring Festival (in the faultless county neither). Only advisory."""


# --- papers


def paper(county: County, number: str) -> Record:
    return county.one("submission", number)


def resend(record: Record, sent: str) -> None:
    """The same paper, sent at another time."""
    moment = at(sent)
    record.life = [(moment, {**record.cells, "sent_at": moment, "received_at": moment}, None)]


def f01(county: County) -> None:
    """庚寨 sends its plan on 11-13. R104: 11-09 P; 11-27 L, only a reminder."""
    resend(paper(county, "庚寨-方案"), "11-13 10:00")


def f02(county: County) -> None:
    """辛庄 never sends a plan. R104: 11-09 P; 11-27 on B."""
    county.drop([paper(county, "辛庄-方案")])


def f03(county: County) -> None:
    """丙川 sends no 责任清单 in November. R106: 11-27 P (rolled); 12-08 on B, one finding."""
    county.drop([paper(county, "丙川-2311-责任清单")])


def f04(county: County) -> None:
    """辛庄 sends all papers of December on 12-29 (places.py). R105, R106, R108: 12-31 L; never first tier."""


def f05(county: County) -> None:
    """丁坪 Dec: two problems without a row in the 整改清单; corrected 01-03. R106: 12-31 B; 01-05 L."""
    first = paper(county, "丁坪-2312-整改清单")
    first.set(unmatched=2)
    items = first.cells["items"]
    submission(county, named("丁坪"), "整改清单", at("01-03 16:20"), 12, again="2", items=items, unmatched=0)


def f06(county: County) -> None:
    """壬店 sends its summary on 02-07. R107: 02-10 L."""
    resend(paper(county, "壬店-总结"), "02-07 10:00")


def n01(county: County) -> None:
    """甲岭 sends its November papers on Monday 11-27 at 09:12 (places.py). M: the 25th is a Saturday."""


def n02(county: County) -> None:
    """乙溪 e-mails its plan on 11-09 at 23:40, opened on the 10th. M: what counts is when it was sent."""
    record = paper(county, "乙溪-方案")
    resend(record, "11-09 23:40")
    record.set(received_at=None)
    record.then(at("11-10 08:30"), received_at=at("11-10 08:30"))


def n23(county: County) -> None:
    """壬店 has no major hazard in the campaign (M43's is of October), and covered its mines. R103: a reminder."""


# --- the form


def form(county: County, town: str, month: str, line: str = "本期") -> Record:
    (record,) = county.of("stat_report", town=f"{town}镇", month=month, line=line)
    return record


def f07(county: County) -> None:
    """戊塬 Dec: 已整改 two more than 排查. R108: 12-31 on B, 数据存疑. The sums are right: Nov counts two too few."""
    for month, change in (("2023-11", -2), ("2023-12", 2)):
        record = form(county, "戊塬", month)
        record.set(gen_fixed=record.cells["gen_fixed"] + change)
    record = form(county, "戊塬", "2023-11", "累计")
    record.set(gen_fixed=record.cells["gen_fixed"] - 2)


def f08(county: County) -> None:
    """己湾 Dec: 重大 2 in the form, one row of detail. R109: 12-31 on B."""
    first, second = county.of("major_detail", town="己湾镇", month="2023-12")
    county.drop([first])  # M30's, which the bureau has not confirmed yet
    second.set(serial=1)


def f09(county: County) -> None:
    """甲岭 Jan: 5000 in the column of 万元, the penalty is of 5000 元. R108: 02-10 B, and 疑似按元填入."""
    for line in ("本期", "累计"):
        form(county, "甲岭", "2024-01", line).set(fine_wan=5000)


def n24(county: County) -> None:
    """丙川's December form of 12-25 is corrected on 12-27. M on first receipt."""
    submission(county, named("丙川"), "报表", at("12-27 10:00"), 12, again="2")
    for line in ("本期", "累计"):
        record = form(county, "丙川", "2023-12", line)
        record.set(inspect_groups=1)
        record.then(day("12-25"), at("12-27 10:00"), inspect_groups=2)


def n26(county: County) -> None:
    """癸河's 排查企业: 2, 2, 1, together 2: distinct mines, no mismatch. In November it saw M45's site."""
    for month, checked in (("2023-11", 2), ("2023-12", 2), ("2024-01", 1)):
        form(county, "癸河", month).set(enterprises_checked=checked)
        form(county, "癸河", month, "累计").set(enterprises_checked=2)


def n29(county: County) -> None:
    """庚寨's plan quotes the notice at length: no lead. Texts of plans are not in the data."""
