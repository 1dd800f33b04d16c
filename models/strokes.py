"""A drawn signature as numbers: what a phone sends is believed only after every one of them was looked at."""

from typing import Any

from models.base import Refused

PAD = 10_000  # the longer side of what was drawn on; one unit for both directions, from the top left corner
MOST_POINTS = 5_000
MOST_STROKES = 200
LEAST_SIDE = 300  # a dot, or the slip of a thumb, is no signature
LONGEST_TIME = 3_600_000  # milliseconds since the first point

Strokes = list[list[list[int]]]


def check_strokes(strokes: Any) -> None:
    """Lists of [x, y] or [x, y, milliseconds], whole numbers on the pad, and nothing else whatever.

    Raises Refused: `signature_missing`, `signature_malformed`, `signature_too_long`, `signature_too_small`.
    """
    points = _points(strokes)
    if not all(_on_the_pad(point) for point in points):
        raise Refused('signature_malformed')
    if not any(len(stroke) > 1 for stroke in strokes):
        raise Refused('signature_missing')
    if max(_extent(points, 0), _extent(points, 1)) < LEAST_SIDE:
        raise Refused('signature_too_small')


def _points(strokes: Any) -> list[Any]:
    """What the strokes are made of, before it was looked at; counted first, so that a flood costs nothing."""
    if not isinstance(strokes, list) or not all(isinstance(stroke, list) for stroke in strokes):
        raise Refused('signature_malformed')
    if len(strokes) > MOST_STROKES or sum(map(len, strokes)) > MOST_POINTS:
        raise Refused('signature_too_long', points=MOST_POINTS)
    return [point for stroke in strokes for point in stroke]


def _on_the_pad(point: Any) -> bool:
    # `type(…) is int`: True is an int to isinstance, and NaN is a float.
    if not isinstance(point, list) or len(point) not in (2, 3) or not all(type(part) is int for part in point):
        return False
    return all(0 <= part <= PAD for part in point[:2]) and 0 <= sum(point[2:]) <= LONGEST_TIME


def _extent(points: list[list[int]], axis: int) -> int:
    along = [point[axis] for point in points]
    return max(along) - min(along)
