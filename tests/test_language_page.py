"""docs/language.md is true: its examples run, its conditions are what it says, and its tables hold every word."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

import duban
from duban.all_cases import run_all_cases
from duban.cases import Case, CaseFile, Expected, Outcome
from duban.check_cases import run_check_examples
from duban.conditions import ConditionError, compile_boolean, parse
from duban.conditions.check import FUNCTIONS
from duban.kinds import Cover, Forbid, Perform, Reconcile, Respond
from duban.kinds.cover import By
from duban.kinds.reconcile import Side
from duban.lead_cases import ExpectedLead, LeadCase, LeadCaseFile
from duban.leads import (
    LEADS,
    LateEntry,
    Lead,
    LeadsFile,
    NotCarried,
    Overlap,
    Ratio,
    RepeatedValue,
    SimilarText,
    WrongOrder,
)
from duban.leads.overlap import Other
from duban.leads.ratio import Beside
from duban.leads.wrong_order import Pair
from duban.measure_cases import ExpectedConclusion, MeasureCase, MeasureCaseFile, covered
from duban.model import Status
from duban.pack import load_pack
from duban.pack.checks import (
    KINDS,
    Check,
    ChecksFile,
    Events,
    FoundIn,
    Numbers,
    Protected,
    Same,
    Text,
    Twins,
    Unchanged,
)
from duban.pack.checks import Example as ByHand
from duban.pack.checks import Side as Beneath
from duban.pack.clauses import Entry, Unquoted, read_clauses
from duban.pack.forms import (
    Alike,
    Count,
    Figure,
    Figures,
    Form,
    FormColumn,
    FormLine,
    Forms,
    HeadCell,
    Number,
    PackSheet,
    Paragraph,
    Part,
    Post,
    PostSource,
    Problems,
    Progress,
    Rows,
    Source,
    TownPack,
    read_forms,
)
from duban.pack.load import words_of
from duban.pack.measures import Exculpation, History, Measures, MeasureSpec, Office, Pattern, Rule, Then
from duban.pack.names import DUTY_COLUMNS, duty_names
from duban.pack.obligation import Advisory, Each, Given, Note, Obligation
from duban.pack.obligation import Path as Otherwise
from duban.pack.planning import (
    Dossier,
    Errand,
    LeftOut,
    Look,
    OrderKey,
    Party,
    Planning,
    Section,
    Shown,
    ShownColumn,
    Urging,
    Week,
    read_planning,
)
from duban.pack.schema import Alert, Headline, PackHeader, Parameter, Question, Window
from duban.pack.weekly import (
    Accidents,
    Checks,
    DataThrough,
    Decision,
    FunnelSpec,
    FunnelStage,
    Group,
    Keeper,
    Latest,
    Majors,
    Proof,
    Returned,
    RosterGroup,
    Running,
    Sent,
    State,
    Turned,
    Weekly,
    read_weekly,
)
from duban.pack.weekly import Part as WeeklyPart
from duban.scope import Row
from duban.vocabulary import (
    DECISION_TYPE,
    ENVELOPE,
    MANIFEST_TYPE,
    SAMENESS_TYPE,
    VERIFICATION_TYPE,
    WAIVER_TYPE,
    BearerKind,
    FieldSpec,
    FieldType,
    Identity,
    RecordType,
    Reference,
    Span,
    Unit,
)
from duban.waivers import Waiver
from markdown_pages import Block, Table, blocks, code, parts

PAGE = Path(__file__).parents[1] / "docs" / "language.md"
PARTS = parts(PAGE)
TEXT = PAGE.read_text(encoding="utf-8")


def read(text: str) -> Any:
    return YAML(typ="safe").load(text)


# ---- the examples


@dataclass(frozen=True)
class Example:
    """One `case` item and the obligation that it belongs to."""

    file: str
    obligation: str
    text: str
    names: tuple[str, ...]


def examples() -> list[Example]:
    """A `case` block belongs to the obligation block before it: to its last item, or to the one that it names."""
    found, obligation = [], ""
    for block in blocks(PAGE, "yaml obligation", "yaml case"):
        if block.kind == "yaml obligation":
            obligation = read(block.text)[-1]["id"]
        elif block.kind == "yaml cases":
            value = read(block.text)
            names = tuple(case["name"] for case in value["cases"])
            found.append(Example(f"{block.line}.yaml", value["obligation"], block.text, names))
        else:
            owner = block.kind.removeprefix("yaml case").strip() or obligation
            names = tuple(case["name"] for case in read(block.text))
            text = block.text.replace("- name:", "- why: docs/language.md\n  name:")
            found.append(Example(f"{block.line}.yaml", owner, f"obligation: {owner}\ncases:\n{text}", names))
    return found


def lead_examples() -> list[Example]:
    """The same for leads: `lead case` blocks after `lead` blocks."""
    found, lead = [], ""
    for block in blocks(PAGE, "yaml lead"):
        if block.kind == "yaml lead":
            lead = read(block.text)[-1]["id"]
        else:
            owner = block.kind.removeprefix("yaml lead case").strip() or lead
            names = tuple(case["name"] for case in read(block.text))
            text = block.text.replace("- name:", "- why: docs/language.md\n  name:")
            found.append(Example(f"leads-{block.line}.yaml", owner, f"lead: {owner}\ncases:\n{text}", names))
    return found


def measure_examples() -> list[Example]:
    """The `measures case` blocks."""
    found = []
    for block in blocks(PAGE, "yaml measures case"):
        names = tuple(case["name"] for case in read(block.text))
        text = block.text.replace("- name:", "- why: docs/language.md\n  name:")
        rules = ", ".join(rule["id"] for rule in read(first("yaml measures.yaml"))["rules"])
        found.append(Example(f"measures-{block.line}.yaml", "measures", f"rules: [{rules}]\ncases:\n{text}", names))
    return found


def first(kind: str) -> str:
    return blocks(PAGE, kind)[0].text


EXAMPLES = examples()
MEASURE_EXAMPLES = measure_examples()
LEAD_EXAMPLES = lead_examples()
_FOLDER = tempfile.TemporaryDirectory(prefix="duban-language-")


@lru_cache
def pack_folder() -> Path:
    """The pack of the page, as a folder."""
    folder = Path(_FOLDER.name) / "language"
    for part in ("obligations", "cases"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    files = {
        "pack.yaml": first("yaml pack.yaml"),
        "records.yaml": first("yaml records.yaml"),
        "obligations/page.yaml": "".join(block.text for block in blocks(PAGE, "yaml obligation")),
        "leads.yaml": "leads:\n"
        + "".join(block.text for block in blocks(PAGE, "yaml lead") if "case" not in block.kind),
        "measures.yaml": first("yaml measures.yaml"),
        "checks.yaml": first("yaml checks.yaml"),
        **{f"cases/{example.file}": example.text for example in (*EXAMPLES, *LEAD_EXAMPLES, *MEASURE_EXAMPLES)},
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@lru_cache
def outcomes() -> dict[tuple[str, str], Outcome]:
    """How each case went, by its file and name."""
    found = run_all_cases(load_pack(pack_folder()))
    return {(Path(outcome.place.file).name, outcome.case): outcome for outcome in found}


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param(item.file, name, id=f"{item.obligation}-{name[:30]}")
        for item in (*EXAMPLES, *LEAD_EXAMPLES, *MEASURE_EXAMPLES)
        for name in item.names
    ],
)
def test_example_comes_out_as_written(file: str, name: str) -> None:
    assert outcomes()[file, name].differences == ()


def test_every_obligation_of_the_page_has_a_case() -> None:
    assert {item.id for item in load_pack(pack_folder()).obligations} == {example.obligation for example in EXAMPLES}


def test_every_rule_of_the_page_holds_in_a_case() -> None:
    pack = load_pack(pack_folder())
    there, absent = covered(pack)
    assert there == {rule.id for rule in pack.measures.rules}
    assert absent == there


def test_every_lead_of_the_page_has_a_case_and_every_kind_a_lead() -> None:
    leads = load_pack(pack_folder()).leads
    assert {lead.id for lead in leads} == {example.obligation for example in LEAD_EXAMPLES}
    assert {lead.kind.word for lead in leads} == set(LEADS)


def test_every_check_of_the_page_finds_its_example_and_every_kind_has_a_check() -> None:
    pack = load_pack(pack_folder())
    found = list(run_check_examples(pack))
    assert [outcome for outcome in found if outcome.differences] == []
    assert {check.kind for check in pack.checks.checks} == set(KINDS)


# ---- conditions


def condition_tables(column: str) -> list[tuple[dict[str, Any], Table]]:
    """The tables of conditions with that second column, each with the row that stands before it."""
    found, row = [], {}
    for part in PARTS:
        if isinstance(part, Block) and part.kind == "yaml row":
            row = read(part.text)
        elif isinstance(part, Table) and part.header[:2] == ("condition", column):
            found.append((row, part))
    return found


def truths(row: dict[str, Any], conditions: list[str]) -> dict[str, str]:
    """What each condition is on a row: asked of the engine by the notes of a duty, each condition and its opposite."""
    ((record, fields),) = row.items()
    notes = []
    for index, text in enumerate(conditions):
        notes += [{"where": text, "text": f"<{index} true>"}, {"where": f"not ({text})", "text": f"<{index} false>"}]
    obligation = {
        "id": "asked",
        "title": "t",
        "clause": "c",
        "bearer": "enterprise",
        "window": "december",
        "each": {"record": record},
        "forbid": {"record": "permit"},
        "notes": notes,
    }
    folder = Path(tempfile.mkdtemp(dir=_FOLDER.name)) / "language"
    (folder / "obligations").mkdir(parents=True)
    for name in ("pack.yaml", "records.yaml"):
        (folder / name).write_text(first(f"yaml {name}"), encoding="utf-8")
    with (folder / "obligations" / "asked.yaml").open("w", encoding="utf-8") as stream:
        YAML().dump([obligation], stream)
    enterprise = {"enterprise_id": "M01", "name": "一矿", "town": "甲岭镇", "workers": 70}
    records = {"enterprise": [enterprise], "town": [{"town": "甲岭镇"}], record: [fields]}
    with duban.audit(records, folder, as_of="2023-12-31") as result:
        message = "".join(result.duties["message"])
    return {
        text: next((word for word in ("true", "false") if f"<{index} {word}>" in message), "unknown")
        for index, text in enumerate(conditions)
    }


@pytest.mark.parametrize(("row", "table"), condition_tables("is"), ids=lambda part: str(getattr(part, "line", "")))
def test_conditions_are_what_the_page_says(row: dict[str, Any], table: Table) -> None:
    said = {code(cells[0])[0]: cells[1] for cells in table.rows}
    assert truths(row, list(said)) == said


REFUSED = [(code(cells[0])[0], cells[1]) for _, table in condition_tables("message") for cells in table.rows]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text for text, _ in REFUSED])
def test_refused_conditions_say_what_the_page_says(text: str, message: str) -> None:
    pack = load_pack(pack_folder())
    names = duty_names(pack.schema, pack.obligation("hazard-done"), Row(pack.schema, "hazard", "g"), ["bearer"])
    with pytest.raises(ConditionError) as caught:
        compile_boolean(parse(text), names)
    assert message in str(caught.value)


def test_the_entries_of_the_page_are_sound(tmp_path: Path) -> None:
    (tmp_path / "clauses.yaml").write_text(first("yaml clauses.yaml"), encoding="utf-8")
    assert read_clauses(tmp_path, None).issues == []
    named = {name for entry in read_clauses(tmp_path, None).entries for name in entry.encoded_by}
    assert named <= {item.id for item in load_pack(pack_folder()).obligations}


def test_the_forms_of_the_page_are_sound(tmp_path: Path) -> None:
    (tmp_path / "forms.yaml").write_text(first("yaml forms.yaml"), encoding="utf-8")
    found = read_forms(tmp_path, load_pack(pack_folder()))
    assert [str(issue) for issue in found.issues] == []
    assert set(found.forms.forms) == {"list", "table"}


def test_the_plan_of_the_page_is_sound(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(first("yaml plan.yaml"), encoding="utf-8")
    assert [str(issue) for issue in read_planning(tmp_path, load_pack(pack_folder())).issues] == []


def test_the_weekly_report_of_the_page_is_sound(tmp_path: Path) -> None:
    (tmp_path / "weekly.yaml").write_text(first("yaml weekly.yaml"), encoding="utf-8")
    found = read_weekly(tmp_path, load_pack(pack_folder()))
    assert [str(issue) for issue in found.issues] == []
    assert [state.title for state in found.weekly.majors.states] == ["已销号", "逾期", "其他"]


# ---- every word

WORD_TABLES = [part for part in PARTS if isinstance(part, Table) and part.header[0] == "word"]
WORDS: dict[str, list[Any]] = {
    "pack.yaml": [PackHeader],
    "Windows": [Window],
    "Parameters": [Parameter],
    "Questions": [Question],
    "Bearers": [BearerKind],
    "Alerts": [Alert],
    "Headlines": [Headline],
    "records.yaml": [RecordType],
    "Fields": [FieldSpec],
    "Identity": [Identity, SAMENESS_TYPE],
    "Span": [Span],
    "References": [Reference],
    "Obligations": [Obligation],
    "Who": [Given],
    "Triggers": [Each],
    "perform": [Perform],
    "cover": [Cover, By],
    "respond": [Respond],
    "forbid": [Forbid],
    "reconcile": [Reconcile, Side],
    "Otherwise": [Otherwise],
    "Judgement": [Note, Advisory],
    "The manifest": [MANIFEST_TYPE],
    "Waivers": [Waiver],
    "Verifications and decisions": [VERIFICATION_TYPE, DECISION_TYPE, WAIVER_TYPE],
    "clauses.yaml": [Entry, Unquoted],
    "forms.yaml": [Forms],
    "What a list lists": [Problems, Source, Alike],
    "How a form is drawn": [Form, HeadCell, Part, FormColumn, FormLine, Rows],
    "Figures": [Figures, Figure, Count],
    "Posts": [Post, PostSource],
    "The town's workbook": [TownPack, PackSheet],
    "The draft": [Progress, Number, Paragraph],
    "plan.yaml": [Planning, Urging],
    "The week": [Week, Party, Errand, OrderKey, LeftOut],
    "The page": [Dossier, Shown, Section, ShownColumn, Look],
    "weekly.yaml": [Weekly],
    "The roster by sorts": [Accidents, Running, RosterGroup, WeeklyPart, Turned, Proof],
    "Major hazards": [Majors, State, Latest, Keeper],
    "Checks, papers, groups, decisions": [Checks, Sent, Returned, Group, Decision],
    "Data and funnels": [DataThrough, FunnelSpec, FunnelStage],
    "Leads": [LeadsFile, Lead, NotCarried],
    "overlap": [Overlap, Other],
    "similar_text": [SimilarText],
    "repeated_value": [RepeatedValue],
    "wrong_order": [WrongOrder, Pair],
    "ratio": [Ratio, Beside],
    "late_entry": [LateEntry],
    "Checks": [ChecksFile, Protected, Check, Beneath, Same, FoundIn, Text, Events, Numbers, Unchanged, Twins, ByHand],
    "Measures": [Measures, MeasureSpec, Office, History, Exculpation, Rule, Pattern, Then],
    "Cases of measures": [MeasureCaseFile, MeasureCase, ExpectedConclusion],
    "Cases of leads": [LeadCaseFile, LeadCase, ExpectedLead],
    "Cases": [CaseFile, Case, Expected],
}


def required_words(model: Any) -> set[str]:
    if isinstance(model, RecordType):
        return {name for name, spec in model.fields.items() if spec.required}
    return {spec.alias or name for name, spec in model.model_fields.items() if spec.is_required()}


@pytest.mark.parametrize("heading", WORDS)
def test_tables_hold_every_word(heading: str) -> None:
    """Exactly the words of the model, and “required” where the model says so."""
    tables = [table for table in WORD_TABLES if table.heading == heading]
    assert len(tables) == len(WORDS[heading])
    for table, model in zip(tables, WORDS[heading], strict=True):
        known = list(model.fields) if isinstance(model, RecordType) else words_of(model)
        said = {word: cells[1] for cells in table.rows for word in code(cells[0])}
        assert sorted(said) == sorted(known)
        assert {word for word, default in said.items() if default == "required"} == required_words(model)


def test_all_tables_of_words_are_checked() -> None:
    assert {table.heading for table in WORD_TABLES} == set(WORDS)


MENTIONED = [
    *get_args(FieldType), *get_args(Unit), "once", *DUTY_COLUMNS, *ENVELOPE, *(status.value for status in Status),
    "declared", "assumed", "issue", "ignore", "same", "previous", "after", "before", "通知要求", "法定义务", "workday",
]  # fmt: skip


@pytest.mark.parametrize("word", sorted(set(MENTIONED)))
def test_values_are_mentioned(word: str) -> None:
    assert f"`{word}`" in TEXT


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_have_an_example(name: str) -> None:
    conditions = [code(cells[0])[0] for _, table in condition_tables("is") for cells in table.rows]
    assert any(f"{name}(" in text for text in conditions)
