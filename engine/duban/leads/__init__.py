"""The six kinds of leads, one file each, and their registry. A lead is 数据异常待核对: something to look at, never a finding."""

from duban.leads.base import FOUND, Kind, LeadLint, LeadPlanner, Looked, amount, period_columns, resolve, scope
from duban.leads.late_entry import LateEntry
from duban.leads.lead import Lead, LeadsFile, NotCarried
from duban.leads.overlap import Overlap
from duban.leads.ratio import Ratio
from duban.leads.repeated_value import RepeatedValue
from duban.leads.similar_text import SimilarText
from duban.leads.wrong_order import WrongOrder

LEADS: dict[str, type[Kind]] = {
    kind.word: kind for kind in (Overlap, SimilarText, RepeatedValue, WrongOrder, Ratio, LateEntry)
}

__all__ = [
    "FOUND",
    "LEADS",
    "Kind",
    "LateEntry",
    "Lead",
    "LeadLint",
    "LeadPlanner",
    "LeadsFile",
    "Looked",
    "NotCarried",
    "Overlap",
    "Ratio",
    "RepeatedValue",
    "SimilarText",
    "WrongOrder",
    "amount",
    "period_columns",
    "resolve",
    "scope",
]
