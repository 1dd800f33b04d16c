"""Which key this house seals with: the one the firm brought, else one made at first use and kept encrypted."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from app.keys import keys
from app.seal_key import SealKey, new_seal_key
from app.settings import settings
from models import Business, Seal


async def the_seal_key() -> SealKey:
    """The key, whichever of several programs of this installation asks."""
    chosen = settings()
    if chosen.seal:
        if not await Seal.knows(chosen.seal.certificate):
            await Seal.add(await Seal.next_number(), chosen.seal.certificate, None)
        return chosen.seal
    while (kept := await _kept()) is None:
        number = await Seal.next_number()
        made = await asyncio.to_thread(new_seal_key, (await Business.the()).name)
        await Seal.add(number, made.certificate, keys().lock_seal(made.private))
    return replace(kept, tsa=chosen.seal_tsa)


async def _kept() -> SealKey | None:
    """What was made before, unless it was locked with another secret of the house and is lost with that."""
    kept = await Seal.last_made_here()
    private = keys().unlock_seal(kept.cipher) if kept and kept.cipher else None
    return SealKey(bytes(kept.certificate), private) if kept and private else None
