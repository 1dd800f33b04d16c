"""The picture of a drawn signature, made by us of its numbers; no picture is ever taken from a browser."""

from __future__ import annotations

import asyncio

from app.papers.strokes import picture
from models import Document, Signature


async def keep_picture(document: Document) -> None:
    """Beside the strokes of whoever signed this paper."""
    if strokes := document.frozen['signature']['strokes']:
        drawn = await asyncio.to_thread(picture, strokes)
        await Signature.filter(quote_id=document.quote_id, picture=None).update(picture=drawn)
