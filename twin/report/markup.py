"""HTML that cannot forget to escape: text becomes harmless unless it was made here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

VOID = frozenset({"meta", "input", "br", "link"})


class Html(str):
    """Text that is HTML already; every other text is escaped when it meets HTML."""

    __slots__ = ()


def safe(text: str) -> Html:
    """Return a text as HTML, escaped unless it is HTML already."""
    return text if isinstance(text, Html) else Html(escape(text, quote=True))


def join(parts: Iterable[str], between: str = "") -> Html:
    """Put texts together as HTML."""
    return Html(safe(between).join(safe(part) for part in parts))


def tag(name: str, /, *inside: str, **attributes: str | float | bool | None) -> Html:
    """Return an element; `class_` stands for class, `_` in other names for `-`; None and False leave one out."""
    written = [_attribute(key, value) for key, value in attributes.items() if value is not None and value is not False]
    opening = " ".join([name, *written])
    if name in VOID:
        return Html(f"<{opening}>")
    return Html(f"<{opening}>{join(inside)}</{name}>")


def _attribute(key: str, value: str | float | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return name
    return f'{name}="{escape(str(value), quote=True)}"'


def svg(width: float, height: float, *inside: str, **attributes: str | float | bool | None) -> Html:
    """Return a decorative drawing; words beside it say the same."""
    return tag(
        "svg",
        *inside,
        width=f"{width:g}",
        height=f"{height:g}",
        viewBox=f"0 0 {width:g} {height:g}",
        aria_hidden="true",
        focusable="false",
        **attributes,
    )


def bold(text: str) -> Html:
    """Return a text in bold."""
    return tag("b", text)


def items(parts: Iterable[str], *, ordered: bool = False) -> Html:
    """Return a list."""
    return tag("ol" if ordered else "ul", *(tag("li", part) for part in parts))
