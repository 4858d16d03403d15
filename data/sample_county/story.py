"""The story, line by line: f01 … a planted fault, n01 … a tempting non-fault, each a function in story_*.py.

Each says what is to come of it: P pending, B breached, L late, M met, D discharged, U unproven, n/a not applicable, at
a date 23:59. The tables of truth in tests/data have it in full, worked out by hand. First what happened, then what was
written about it.
"""

from __future__ import annotations

from collections.abc import Callable

from sample_county.records import County
from sample_county.story_conduct import FORMS_OF_CONDUCT, STORY_OF_CONDUCT
from sample_county.story_county import f16, f17, f23, f24, leads, n05, n06, n07, n11
from sample_county.story_documents import STORY_OF_DOCUMENTS
from sample_county.story_forms import STORY_OF_FORMS
from sample_county.story_hazards import STORY_OF_HAZARDS
from sample_county.story_leads import FORMS_OF_LEADS, KEPT_APART, STORY_OF_LEADS
from sample_county.story_majors import f25, f26, f27_and_f31, f28, f29, f30, f32, f33, f46, n14, n15, n16, n17
from sample_county.story_mines import (
    f11,
    f12,
    f13_and_n28,
    f14,
    f15,
    f18,
    f19,
    f20,
    f34,
    f35,
    f36,
    f39,
    f40,
    f49,
    january,
    n03,
    n04,
    n08,
    n09,
    n10,
    n13,
    n20,
    n25,
)  # fmt: skip
from sample_county.story_towns import (
    busy_towns,
    f01,
    f02,
    f03,
    f04,
    f05,
    f06,
    f07,
    f08,
    f09,
    f10,
    f21,
    f22,
    f43,
    f44,
    f45,
    f47,
    f48,
    n01,
    n02,
    n12,
    n21,
    n22,
    n23,
    n24,
    n26,
    n27,
    n29,
    n30,
)  # fmt: skip
from sample_county.story_weather import f37, f38, f41, f42, n18, n19, snow
from sample_county.story_works import STORY_OF_WORKS

STORY: list[Callable[[County], None]] = [
    f10, f11, f12, f13_and_n28, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23, f24, f25, f26, f27_and_f31, f28, f29,
    f33, f34, f35, f36, snow, f37, f38, f39, f40, f41, f42, f43, f44, f45, f46, f47, f48, f49,
    n03, n04, n05, n06, n07, n08, n09, n10, n11, n12, n13, n14, n15, n16, n17, n18, n19, n20, n21, n22, n25, n27, n30,
    leads, busy_towns, january,
    *STORY_OF_LEADS,
    *STORY_OF_CONDUCT, *STORY_OF_HAZARDS, *STORY_OF_DOCUMENTS, *STORY_OF_WORKS, *KEPT_APART,
]  # fmt: skip

STORY_OF_PAPERS: list[Callable[[County], None]] = [
    f01, f02, f03, f04, f05, f06, f07, f08, f09, f30, f32, n01, n02, n23, n24, n26, n29,
    *FORMS_OF_CONDUCT, *STORY_OF_FORMS, *FORMS_OF_LEADS,
]  # fmt: skip
