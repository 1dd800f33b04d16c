"""Money for a job before its invoice: recorded, billed again, or kept as the customer's credit."""

from __future__ import annotations

from uuid import uuid4

from htpy import p

from models import Business, Job, Level, Module, credit_prepayments, draft_again, paid_before
from pages.console.buyer import buyer_hint
from pages.console.find import find
from pages.console.looked import Looked
from pages.console.money_fields import money_fields, moved_by
from pages.frame import Desk
from pages.parts.form import Form
from pages.parts.panel import open_panel
from pages.parts.region import Region


async def record_prepayment(desk: Desk, number: str) -> None:
    """`Record Pre-payment`: money for the job before its invoice."""
    w = desk.w
    job, actor = await find(desk, Job, number=number)
    actor.must(Module.INVOICES, Level.WRITE)
    key, looked = uuid4(), await Looked.at(job)
    hint = await buyer_hint(desk, job.customer_id)
    with open_panel(desk, w('jobs.prepay.title')) as panel:
        Region([p('.dim')[w('jobs.prepay.text')], hint])
        form = Form(desk, {'amount_not_positive': 'amount'})
        form.money('amount', w('invoices.pay.amount'))
        money_fields(form, 'invoices.pay', day='paid_on')

        async def save() -> None:
            job, actor = await find(desk, Job, number=number)
            how = {'amount': form['amount'], 'paid_on': form['paid_on'], **moved_by(form)}
            with looked.press() as seen:
                await job.record_prepayment(**how, key=key, by=actor, seen=seen)
            panel.close()
            desk.say(w('jobs.prepay.done', amount=w.baht(how['amount'])))

        form.save_button(w('jobs.prepay.save'), save)
        panel.unsaved = lambda: form.changed


async def draft_invoice(desk: Desk, number: str) -> None:
    """`Draft Invoice`: another one, opened for writing; what was paid before is taken off it when it is issued."""
    job, actor = await find(desk, Job, number=number)
    draft = await draft_again(job, by=actor)
    desk.say(desk.w('jobs.again.drafted'))
    desk.go(f'/invoices/{draft.id}/edit')


async def keep_as_credit(desk: Desk, number: str) -> None:
    """`Keep as Credit`: what waits for an invoice that will not come."""
    w = desk.w
    job, actor = await find(desk, Job, number=number)
    actor.must(Module.INVOICES, Level.MANAGE)
    amount = w.baht(await paid_before(job.id))
    with open_panel(desk, w('jobs.again.credit')) as panel:
        Region(
            [
                p[w('jobs.again.credit_text', amount=amount, number=number)],
                p('.dim')[w('jobs.again.credit_vat')] if (await Business.the()).vat_registered else None,
            ]
        )
        form = Form(desk, {'reason_missing': 'reason'})
        form.text('reason', w('jobs.again.reason'), lines=2)

        async def save() -> None:
            found, by = await find(desk, Job, number=number)
            credit = await credit_prepayments(found, reason=form['reason'], by=by)
            panel.close()
            desk.say(w('jobs.again.credited', amount=w.baht(credit)))

        form.save_button(w('jobs.again.credit'), save)
        panel.unsaved = lambda: form.changed
