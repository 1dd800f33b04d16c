"""A drawn signature as smooth lines, made from its numbers alone: for the paper, and as a picture."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import pairwise

from PIL import Image, ImageDraw

Point = tuple[float, float]
Line = list[Point]

WIDE = 3.0  # the box is three times as wide as high
MARGIN = 0.06  # of the height, so that the pen's own width has room
NEAR = 0.012  # points nearer than this (of the height) say nothing new
STEP = 0.03  # between the points of a smooth line
MOST_STEPS = 12  # from one point to the next, however far it lies
MOST_DRAWN = 20_000  # points of a whole signature
PEN = (20, 33, 84)
PICTURE_HEIGHT, FINER = 220, 4


def fitted(strokes: Sequence[Sequence[Sequence[int]]]) -> list[Line]:
    """Smooth lines through the points, as large as they fit into the middle of the box: 0…1 in both directions."""
    points = [(point[0], point[1]) for stroke in strokes for point in stroke]
    if not points:
        return []
    left, top = (min(point[axis] for point in points) for axis in (0, 1))
    wide, high = (max(point[axis] for point in points) - low for axis, low in ((0, left), (1, top)))
    room_x, room_y = WIDE - 2 * MARGIN, 1 - 2 * MARGIN
    scale = min(room_x / max(wide, 1), room_y / max(high, 1))
    at_x, at_y = (WIDE - wide * scale) / 2, (1 - high * scale) / 2
    drawn = ([(at_x + (x - left) * scale, at_y + (y - top) * scale) for x, y, *_ in one] for one in strokes if one)
    lines = [_thinned(line) for line in drawn]
    count = sum(map(len, lines))
    most = max(1, min(MOST_STEPS, (MOST_DRAWN - count) // count))
    return [[(x / WIDE, y) for x, y in _smooth(line, most)] for line in lines]


def picture(strokes: Sequence[Sequence[Sequence[int]]]) -> bytes:
    """The signature as PNG on white."""
    high = PICTURE_HEIGHT * FINER
    image = Image.new('L', (round(high * WIDE), high), 255)
    draw = ImageDraw.Draw(image)
    for line in fitted(strokes):
        dots = [(x * high * WIDE, y * high) for x, y in line]
        thick = round(high * 0.026)
        draw.line(dots, fill=0, width=thick, joint='curve')
        for x, y in (dots[0], dots[-1]):
            draw.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=0)
    small = image.resize((round(PICTURE_HEIGHT * WIDE), PICTURE_HEIGHT), Image.Resampling.LANCZOS)
    inked = Image.composite(Image.new('RGB', small.size, 'white'), Image.new('RGB', small.size, PEN), small)
    written = io.BytesIO()
    inked.quantize(16).save(written, 'PNG', optimize=True)
    return written.getvalue()


def _thinned(line: Line) -> Line:
    kept = line[:1]
    for point in line[1:-1]:
        if _apart(point, kept[-1]) >= NEAR:
            kept.append(point)
    return kept + line[1:][-1:]


def _smooth(line: Line, most: int) -> Line:
    """A curve through every point (Catmull and Rom), as short straight steps, at `most` so many between two."""
    if len(line) < 3:
        return line
    ends = [line[0], *line, line[-1]]
    curve = [line[0]]
    for at, (start, end) in enumerate(pairwise(line)):
        curve += _between((ends[at], start, end, ends[at + 3]), most)
    return curve


def _between(points: tuple[Point, Point, Point, Point], most: int) -> Iterator[Point]:
    before, start, end, after = points
    steps = min(most, max(1, round(_apart(start, end) / STEP)))
    for step in range(1, steps + 1):
        t = step / steps
        yield (
            _blend(before[0], start[0], end[0], after[0], t),
            _blend(before[1], start[1], end[1], after[1], t),
        )


def _blend(a: float, b: float, c: float, d: float, t: float) -> float:
    return b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def _apart(one: Point, other: Point) -> float:
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)
