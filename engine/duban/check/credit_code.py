"""统一社会信用代码: the check digit of GB 32100-2015."""

from __future__ import annotations

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_digit(code: str) -> str | None:
    """The 18th sign that the first 17 demand; None if it is no code of 18 signs at all.

    >>> check_digit("91350100M000100Y43"), check_digit("1234")
    ('3', None)
    """
    code = code.upper()
    if len(code) != len(_WEIGHTS) + 1 or any(sign not in _SIGNS for sign in code):
        return None
    total = sum(_SIGNS.index(sign) * weight for sign, weight in zip(code, _WEIGHTS, strict=False))
    return _SIGNS[-total % 31]
