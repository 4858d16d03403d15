"""One person with two posts is one line: every post, every cause, and what would take the line away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from duban.judging.together import merged
from duban.model import Addressee, Candidate, Flip, Tier
from papers_world import candidate, finding

HELD = Addressee("集团负责人", "某甲", date(2023, 12, 31))


def post(
    number: int, name: str, tier: Tier, becomes: str, person: str = "某甲", measure: str = "警示约谈"
) -> Candidate:
    own = finding(number, name, bearer_kind="group_post", bearer_id=f"G1/{name}")
    return replace(
        candidate(own),
        bearer_kind="group_post",
        bearer_id=f"G1/{name}",
        bearer_name=f"集团{name}",
        measure=measure,
        tier=tier,
        grounds=("自查自改不认真",),
        addressee=replace(HELD, person=person),
        findings=(own,),
        speaks_for=(f"{name}请假",),
        earlier=("2023-12-01 提醒（J1）",),
        flips=(Flip(own.fingerprint, becomes),),
    )


SHARED = {("云示县", "group_post", f"G1/{name}"): "G1" for name in ("书记", "董事长", "总经理")}
FIRST, SECOND = Tier.FIRST, Tier.SECOND


def test_two_posts_of_one_person() -> None:
    posts = [post(1, "书记", FIRST, SECOND.value), post(2, "董事长", SECOND, "")]
    (one,) = merged(posts, SHARED)
    assert (one.bearer_id, one.also, one.bearer_name) == ("G1/书记", ("G1/董事长",), "集团书记、集团董事长")
    assert (one.tier, one.grounds) == (FIRST, ("自查自改不认真",))
    assert {item.bearer_id for item in one.findings} == {"G1/书记", "G1/董事长"}
    assert one.speaks_for == ("书记请假", "董事长请假")
    assert one.earlier == ("2023-12-01 提醒（J1）",)
    assert one.flips == (Flip(posts[0].findings[0].fingerprint, SECOND.value),)  # the other post is of the second tier


def test_what_takes_away_one_of_two_causes_of_a_tier_takes_the_line_nowhere() -> None:
    (one,) = merged([post(1, "书记", FIRST, ""), post(2, "董事长", FIRST, "")], SHARED)
    assert one.flips == ()


def test_what_would_leave_only_the_other_post() -> None:
    (one,) = merged([post(1, "书记", FIRST, ""), post(2, "董事长", SECOND, "")], SHARED)
    assert [flip.becomes for flip in one.flips] == [SECOND.value]


def test_other_people_other_measures_and_unknown_holders_stay_apart() -> None:
    others = [
        post(1, "书记", FIRST, ""),
        post(2, "董事长", FIRST, "", person="某乙"),
        post(3, "总经理", FIRST, "", measure="提醒函"),
    ]
    assert merged(others, SHARED) == others
    nobody = [post(1, "书记", FIRST, "", person=""), post(2, "董事长", FIRST, "", person="")]
    assert merged(nobody, SHARED) == nobody
    assert merged(nobody, {}) == nobody
