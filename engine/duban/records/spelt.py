"""What the text of a cell was found to mean, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

# How a value was read, where that is not beyond doubt: codes of warnings (`problems`).
INFERRED_YEAR, SERIAL, OTHER_UNIT, AND_OTHERS, TWO_DIGITS = "D321", "D322", "D323", "D324", "D328"


@dataclass(frozen=True)
class Spelt:
    """What a text means, in the spelling that DuckDB casts to the field's type.

    `bare`: a moment that is a whole day. `zoned`: a moment with its offset from UTC. A list has its elements joined
    by ELEMENT. `note`: the code of the warning that goes with it. `blank`: the cell says that there is nothing to say.
    """

    value: str
    bare: bool = False
    zoned: bool = False
    note: str = ""
    blank: bool = False


BLANK = Spelt("", blank=True)
