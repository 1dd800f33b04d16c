"""The picture of a drawn signature, made by us of its numbers; no picture is ever taken from a browser."""

from __future__ import annotations

from uuid import UUID

from app.papers.workshop import draw_apart
from models import Signature, SignatureMethod


async def without_picture() -> list[UUID]:
    """The drawn signatures of which there is no picture yet, the oldest first."""
    found = Signature.filter(method=SignatureMethod.DRAWN, picture=None).order_by('id')
    return await found.values_list('id', flat=True)  # type: ignore[return-value]


async def keep_picture(signed_id: UUID) -> None:
    """Beside the strokes, drawn in the worker: a thousand points must not hold up the visitors. Raises NotSet."""
    signed = await Signature.get(id=signed_id).only('id', 'strokes')
    drawn = await draw_apart(signed.strokes)
    await Signature.filter(id=signed_id, picture=None).update(picture=drawn)
