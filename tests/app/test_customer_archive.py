"""The ZIP of all that is kept of a customer is read back by what reads ZIP, JSON and text, and opens nothing."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from datetime import datetime
from typing import Any

import pytest

from app.customer_archive import archive_of
from app.words import words
from models import Activity, Contact, Document, Job, PortalLink, Refused, Role, StageMove
from tests.kept import COOKIE, QUESTION, SLIP, Kept, everything_of_nimman
from tests.world import a_link, a_person, a_stranger, an_invoice, bo, nimman, pay

pytestmark = pytest.mark.usefixtures('db')


async def exported(kept: Kept) -> tuple[dict[str, Any], dict[str, bytes]]:
    with await archive_of(await kept.customer.export(by=await bo())) as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(files['customer.json'].decode('utf-8')), files


async def test_all_that_is_kept_is_told_by_the_names_of_the_columns() -> None:
    kept = await everything_of_nimman()
    told, _ = await exported(kept)
    assert told['customer']['notes'] == 'Pays on Fridays.' and told['customer']['name_th'] == 'บริษัท นิมมานฟิล์ม จำกัด'
    [contact] = told['contacts']
    assert (contact['full_name'], contact['phone']) == ('Ployphan Srisuk', '081 234 5678')
    by_title = {quote['title']: quote for quote in told['quotes']}
    assert by_title['A draft for later']['internal_notes'] == 'Ask her brother first'
    declined = by_title['Wedding of her sister']
    assert (declined['decline_reason'], declined['questions'][0]['question']) == ('Her mother is ill', QUESTION)
    assert [line['name'] for line in declined['versions'][0]['lines']] == ['ARRI SkyPanel S60-C']
    signed = by_title['Commercial shoot, Chiang Mai']
    assert signed['signature']['name'] == 'Ployphan Srisuk' and signed['signature']['shown_sha256']
    [job] = told['jobs']
    assert job['number'] == kept.job.number and len(job['moves']) == await StageMove.all().count()
    [invoice] = told['invoices']
    assert (invoice['total'], invoice['lines'][0]['amount']) == ('107000.00', '100000.00')
    assert {payment['amount'] for payment in told['payments']} == {'57000.00', '47000.00'}
    assert len(told['receipts']) == 4 and told['deposits'][0]['moves'][1]['kind'] == 'Returned'
    assert told['bank_lines'][0]['text'] == 'TRANSFER FROM NIMMAN FILM'
    assert told['claims'][0]['slip_reference'] == SLIP.reference
    assert {link['public_id'] for link in told['links']} == set(
        await PortalLink.all().values_list('public_id', flat=True)
    )
    subjects = {letter['subject'] for letter in told['letters'] if letter['recipient'] == 'ploy@nimman.test'}
    assert any(signed['number'] in subject for subject in subjects)
    assert told['activity'][-1]['what'] == 'customer_exported'
    assert len(told['activity']) == await Activity.exclude(customer_id=None).count()
    assert (
        datetime.fromisoformat(told['made_at']).utcoffset() == datetime.fromisoformat(contact['created_at']).utcoffset()
    )


async def test_papers_slips_and_certificates_lie_beside_it_unchanged() -> None:
    kept = await everything_of_nimman()
    told, files = await exported(kept)
    papers = await Document.filter(customer_id=kept.customer.id)
    assert len([name for name in files if name.startswith('papers/')]) == len(papers) > 8
    where = {paper['id']: paper['file'] for paper in told['papers']}
    for paper in papers:
        assert files[where[str(paper.id)]] == bytes(paper.content or b'') != b''
    assert files[told['claims'][0]['file']] == SLIP.picture
    assert files[told['withholding_certificates'][0]['file']] == b'\xff\xd8\xff the tax'
    readme = files['README.txt'].decode('utf-8')
    assert 'Siam Light & Grip' in readme and 'B.E. 2562' in readme


async def test_its_readme_speaks_the_language_of_the_customer() -> None:
    kept = await everything_of_nimman()
    version = (await type(kept.customer).get(id=kept.customer.id)).version
    await kept.customer.amend(version=version, by=await bo(), language='th')
    _, files = await exported(kept)
    assert 'พ.ศ. 2562 มาตรา 30 และ 31' in files['README.txt'].decode()
    assert words('th')('common.language_th') == 'ไทย'


async def test_nothing_in_it_opens_anything() -> None:
    kept = await everything_of_nimman()
    _, files = await exported(kept)
    whole = b'\n'.join(files.values())
    secrets = [kept.token.encode(), COOKIE, kept.code.digest, kept.code.cipher, b'/p/']
    for link in await PortalLink.all():
        secrets += [bytes(link.digest), bytes(link.cipher or b'no cipher left')]
    for secret in secrets:
        for form in (secret, secret.hex().encode(), base64.b64encode(secret), base64.urlsafe_b64encode(secret)):
            assert form not in whole
    assert not re.search(rb'(?<![\w.])' + kept.code.digits.encode() + rb'(?!\w)', whole)
    for name in (b'"digest"', b'"cipher"', b'"password_hash"', b'"totp_cipher"', b'"key"'):
        assert name not in whole
    told = json.loads(files['customer.json'])
    assert '198.51.100.7' not in str(told), 'where a colleague looked from is not about the customer'
    assert '203.0.113.9' in str(told['visits'])


async def test_nothing_of_another_customer_is_in_it() -> None:
    kept = await everything_of_nimman()
    stranger = await a_stranger()
    await pay(await an_invoice(stranger), 107000)
    link, _ = await a_link(stranger)
    _, files = await exported(kept)
    whole = b'\n'.join(files.values())
    for foreign in ('Ladprao', 'Bank Wongsa', str(stranger.id), link.public_id):
        assert foreign.encode() not in whole
    assert not any('Ladprao' in name for name in files)


async def test_only_who_manages_customers_may_take_it() -> None:
    customer = await nimman()
    for role in (Role.CREW, Role.BILLING, Role.OPERATIONS):
        with pytest.raises(Refused, match='not_allowed'):
            await customer.export(by=(await a_person(role, 'Nok')).actor)
    assert not await Activity.filter(what='customer_exported').exists()
    await customer.export(by=(await a_person(Role.SALES, 'Nok')).actor)
    line = await Activity.get(what='customer_exported')
    assert (line.by_name, line.customer_id, line.facts) == ('Nok', customer.id, {})


async def test_what_a_customer_has_nothing_of_is_empty_and_not_missing() -> None:
    customer = await nimman()
    everything = await customer.export(by=await bo())
    assert everything.told['quotes'] == everything.told['visits'] == everything.told['papers'] == []
    assert await Contact.exists(customer_id=customer.id) and not await Job.exists()
