"""Until when a link shall live: for some days, or through a day that is named, or to a time on it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from nicegui import ui

from models import BANGKOK, Refused, bangkok_day, end_of_day, now
from models.portal_link import LONGEST, SHORTEST
from pages.parts.form import Form

LASTING = ('7', '30', '90')


class LinkEnd:
    """The fields of the end in a form; any end from 1 hour to 365 days can be chosen."""

    def __init__(self, form: Form) -> None:
        self.form, w = form, form.desk.w
        options = {days: w.days(int(days)) for days in LASTING} | {'date': w('links.date')}
        form.choice('lasts', w('links.ends_after'), options, '30')
        at = now()
        # A whole day is over with its last moment, which must not be later than the longest life.
        first, last = bangkok_day(at + SHORTEST), bangkok_day(at + LONGEST) - timedelta(days=1)
        with ui.element('div').classes('pair') as self.named:
            until = form.date('until', w('links.last_day'))
            form.text('until_time', w('links.last_time'), kind='time', hint=w('links.last_time_hint'))
        for box in until.box:
            if isinstance(box, ui.input):
                box.props['min'], box.props['max'] = first.isoformat(), last.isoformat()
        self.named.set_visibility(False)
        form.blames |= {'link_end_out_of_range': 'until', 'day_missing': 'until', 'time_unreadable': 'until_time'}
        form.on_change = self._changed

    def moment(self) -> datetime:
        """Raises Refused: `day_missing`, `time_unreadable`, `link_end_out_of_range`."""
        at = now()
        if self.form['lasts'] != 'date':
            return at + timedelta(days=int(self.form['lasts']))
        moment = self._named()
        if not SHORTEST <= moment - at <= LONGEST:
            raise Refused('link_end_out_of_range')
        return moment

    def _named(self) -> datetime:
        day, typed = self.form['until'], str(self.form['until_time'])
        if not typed:
            return end_of_day(day)
        try:
            return datetime.combine(day, time.fromisoformat(typed), BANGKOK).astimezone(UTC)
        except ValueError:
            raise Refused('time_unreadable') from None

    def _changed(self) -> None:
        """A day that cannot be is said as soon as it is typed."""
        self.named.set_visibility(self.form['lasts'] == 'date')
        until = self.form.fields['until']
        until.blame('')
        if self.form['lasts'] == 'date':
            try:
                self.moment()
            except Refused as refused:
                if refused.reason == 'link_end_out_of_range':
                    until.blame(self.form.desk.w.refusal(refused))
