"""A process that sets papers for the program that started it, and for nobody else: `python -m app.papers.worker`."""

from __future__ import annotations

import os
import pickle
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

LENGTH = struct.Struct('>Q')
READY = 'ready'
IDLE = 600.0  # seconds without work, after which it gives its memory back


def main() -> None:
    """Answer one order after the other until nobody is there any more."""
    asked, told = sys.stdin.buffer, os.fdopen(os.dup(1), 'wb')
    os.dup2(2, 1)  # whatever a library prints is no answer
    if hasattr(os, 'nice'):
        os.nice(5)  # visitors first
    from app.papers.press import render
    from app.papers.strokes import picture

    crafts: dict[str, Callable[..., bytes]] = {'paper': render, 'picture': picture}
    sent(told, READY)

    while True:
        idle = threading.Timer(IDLE, os._exit, (0,))
        idle.daemon = True
        idle.start()
        order = received(asked)
        idle.cancel()
        if order is None:
            return
        try:
            answer: tuple[bool, Any] = True, crafts[order[0]](*order[1], **order[2])
        except Exception:
            answer = False, traceback.format_exc()
        sent(told, answer)


def sent(pipe: BinaryIO, thing: object) -> None:
    packed = pickle.dumps(thing)
    pipe.write(LENGTH.pack(len(packed)) + packed)
    pipe.flush()


def received(pipe: BinaryIO) -> Any:
    """The next thing, or None when the other side has gone."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return pickle.loads(pipe.read(LENGTH.unpack(head)[0]))  # from our own other half only


if __name__ == '__main__':
    main()
