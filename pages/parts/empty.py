"""What stands where there is nothing to show: why, and what to do next."""

from __future__ import annotations

from htpy import Node, b, div, p

from pages.theme import icon


def empty(icon_name: str, title: str, text: str = '', more: Node = None) -> Node:
    return div('.nothing')[icon(icon_name), b[title], p[text] if text else None, more]
