"""The day on which money moved, as a person tells it: at the latest today."""

from datetime import date, datetime

from models.base import Refused, bangkok_day


def must_have_come(day: date, at: datetime) -> None:
    """Money that moves on a day to come has not moved yet. Raises Refused('day_to_come')."""
    if day > bangkok_day(at):
        raise Refused('day_to_come')
