"""Small words: titles inside sentences, numbers as words, lists, and text broken into lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import wrap

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MORE_RUNS = "run it again with more, such as study.replications=10"
TIMES = "\N{MULTIPLICATION SIGN}"
ROUNDS_TO_NOTHING = 0.005
HOURS_PER_DAY = 24
_COMMON = frozenset({*NUMBER_WORDS, "a", "an", "the", "some", "all", "every", "regional", "central"})
_SINGULAR = frozenset({"one", "a", "an"})


def whole_percent(share: float) -> str:
    """Write a share without decimals: 79%, and <1% where it would round to nothing."""
    return "<1%" if 0 < share < ROUNDS_TO_NOTHING else f"{share:.0%}"


def in_words(count: int) -> str:
    """Write small numbers as words."""
    return NUMBER_WORDS[count] if 0 <= count < len(NUMBER_WORDS) else f"{count:,}"


def capitalized(text: str) -> str:
    """Start a text with a capital letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def inside(title: str) -> str:
    """Return a title as it stands inside a sentence: a common first word loses its capital."""
    first = title.split(" ", 1)[0]
    return title[:1].lower() + title[1:] if first.lower() in _COMMON else title


def inside_measure(title: str) -> str:
    """Return a measure's title inside a sentence."""
    return title[:1].lower() + title[1:]


def is_or_are(title: str) -> str:
    """Return the verb that follows a title."""
    parts = title.lower().split()
    plural = bool(parts) and parts[-1].endswith("s") and not parts[-1].endswith("ss")
    return "are" if plural and parts[0] not in _SINGULAR else "is"


def listed(parts: Sequence[str]) -> str:
    """Join parts as in a sentence: a, b and c."""
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def broken(text: str, width: int) -> list[str]:
    """Break a text into lines of about so many characters."""
    return wrap(text, width) or [""]


def short(title: str, width: int = 14) -> str:
    """Return the part of a title that fits where there is little room; what tells variants apart stands at its end."""
    if len(title) <= width:
        return title
    variant = re.fullmatch(r".*\((.+)\)", title)
    if variant:
        inner = variant[1]
        return inner if len(inner) <= width else f"…{inner[1 - width :]}"
    head = re.split(r"[,:(]| and ", title)[0].strip()
    if len(head) <= width:
        return head
    kept = ""
    for word in head.split():
        if kept and len(kept) + 1 + len(word) > width:
            break
        kept = f"{kept} {word}".strip()
    return kept if len(kept) <= width else f"{kept[: width - 1]}…"


def city(label: str) -> str:
    """Return a node's label without its state."""
    return label.split(",", maxsplit=1)[0].strip() or label
