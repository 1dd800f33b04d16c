"""The tick `Withholding certificate (50 ทวิ) received`, with its number, its day and, if it is at hand, its file."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from fastapi import Request
from htpy import Node, p
from nicegui import app as server
from nicegui import ui
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from app.sessions import signed_in
from app.slips import slip_of
from app.words import words
from models import CertificateFile, Invoice, Level, Module, Payment, WithholdingCertificate
from models.withholding_certificate import LARGEST_FILE
from pages.console.find import find, id_in
from pages.console.money_fields import today
from pages.frame import Desk
from pages.parts.file_choice import FileChoice
from pages.parts.form import Form
from pages.parts.panel import Panel, open_panel
from pages.parts.paper import disposition
from pages.parts.region import Region


async def certificate_panel(desk: Desk, reference: str) -> None:
    """Received; or, where it was ticked by mistake, owed again."""
    w = desk.w
    payment, actor = await find(desk, Payment, id=id_in(reference))
    actor.must(Module.INVOICES, Level.WRITE)
    with open_panel(desk, w('money.certificate.title')) as panel:
        if payment.certificate_received:
            _Miss(desk, payment, panel)
        else:
            invoice = await Invoice.get_or_none(id=payment.invoice_id) if payment.invoice_id else None
            CertificatePanel(desk, payment, (invoice.number or '') if invoice else '', panel)


class CertificatePanel:
    def __init__(self, desk: Desk, payment: Payment, number: str, panel: Panel) -> None:
        self.desk, self.payment, self.panel = desk, payment, panel
        self.file: CertificateFile | None = None
        w = desk.w
        Region(p[w('money.certificate.text', amount=w.baht(payment.withheld), number=number)])
        self.form = form = Form(desk, {'day_missing': 'received_on'})
        with ui.element('div').classes('pair'):
            form.text('number', w('money.certificate.number'), longest=60)
            form.date('received_on', w('money.certificate.received_on'), today())
        with ui.element('div').classes('btns'):
            FileChoice(
                desk,
                w('money.certificate.choose'),
                self._take,
                accept='application/pdf,image/*',
                largest=LARGEST_FILE,
                too_large='file_too_large',
                tone='ghost small',
            ).mark('certificate-file')
        self.chosen = Region()
        form.save_button(w('money.certificate.save'), self._save)
        panel.unsaved = lambda: form.changed or self.file is not None

    async def _take(self, name: str, content: bytes) -> None:
        """Drawn anew as a picture, like slips: whatever else a customer's file may carry stays outside."""
        await self.desk.must(Module.INVOICES, Level.WRITE)
        picture = (await slip_of(content)).picture
        self.file = CertificateFile(f'{Path(name).stem}.jpg', picture)
        self.chosen.show(self._file())

    def _file(self) -> Node:
        return p('.dim')[self.file.name] if self.file else None

    async def _save(self) -> None:
        payment, by = await find(self.desk, Payment, id=self.payment.id)
        await WithholdingCertificate.receive(
            payment, number=self.form['number'], received_on=self.form['received_on'], file=self.file, by=by
        )
        self.panel.close()
        self.desk.say(self.desk.w('money.certificate.done'))


class _Miss:
    def __init__(self, desk: Desk, payment: Payment, panel: Panel) -> None:
        w = desk.w
        Region(p[w('money.certificate.undo_text', amount=w.baht(payment.withheld))])
        form = Form(desk)

        async def save() -> None:
            found, by = await find(desk, Payment, id=payment.id)
            await WithholdingCertificate.miss(found, by=by)
            panel.close()
            desk.say(w('money.certificate.undone'))

        form.save_button(w('money.certificate.undo'), save, tone='bad')


@server.get('/certificates/{payment_id}')
async def certificate_file(request: Request, payment_id: UUID) -> Response:
    """Only ever to be saved: what a customer sent is not shown inside the house."""
    session = await signed_in(request.cookies)
    if session is None:
        return RedirectResponse('/sign-in', 303)
    found = await WithholdingCertificate.get_or_none(payment_id=payment_id)
    if found is None or not found.content or not session.staff.actor.may(Module.INVOICES, Level.READ):
        return PlainTextResponse(words(session.staff.language)('console.nothing_here'), 404)
    return Response(
        bytes(found.content),
        media_type=found.media_type,
        headers={
            'content-disposition': disposition(found.file_name, save=True),
            'cache-control': 'private, no-store',
            'x-content-type-options': 'nosniff',
            'content-security-policy': "sandbox; default-src 'none'",
        },
    )
