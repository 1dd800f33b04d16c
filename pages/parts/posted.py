"""What is posted to an address of ours: whether a page of ours sent it, and no more of it than it may have."""

from __future__ import annotations

from fastapi import Request


def of_our_own(request: Request) -> bool:
    """Whether it was sent from a page of this house: browsers say so and no page can make them lie."""
    return request.headers.get('sec-fetch-site', 'same-origin') in ('same-origin', 'none')


async def body_of(request: Request, largest: int) -> bytes | None:
    """What was sent; None when it has more bytes, and then the rest is not read."""
    sent = bytearray()
    async for piece in request.stream():
        sent += piece
        if len(sent) > largest:
            return None
    return bytes(sent)
