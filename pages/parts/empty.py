"""What stands where there is nothing to show: why, and what to do next."""

from __future__ import annotations

from htpy import Node, b, div, h1, p

from pages.theme import icon


def empty(icon_name: str, title: str, text: str = '', more: Node = None, *, heading: bool = False) -> Node:
    """`heading` where this is all that the screen shows."""
    return div('.nothing')[icon(icon_name), h1[title] if heading else b[title], p[text] if text else None, more]
