"""The privacy notice: the firm's own, else a plain one that is true of every installation."""

from __future__ import annotations

from htpy import Node, div, p

from pages.portal.pieces import contact_us, top
from pages.portal.reader import Reader


def privacy_page(r: Reader) -> Node:
    own = r.w.pick(r.firm.privacy_notice, r.firm.privacy_notice_th).strip()
    text = own or r.w('portal.privacy_default', firm=r.firm_name)
    paragraphs = [part.strip() for part in text.split('\n') if part.strip()]
    return [
        top(r, '', r.w('portal.home'), r.w('portal.privacy')),
        div('.card.prose')[[p[part] for part in paragraphs]],
        contact_us(r),
    ]
