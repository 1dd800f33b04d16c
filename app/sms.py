"""The door through which short messages leave: a provider's HTTP gateway, or the terminal while developing."""

from __future__ import annotations

import json

import httpx

from app.mail import NotSent
from app.settings import SmsGateway
from models.customer import digits
from models.written import dialled

PATIENCE = 15.0  # seconds


async def send_sms(recipient: str, text: str, through: SmsGateway) -> None:
    """Hand a short message to the gateway. Raises NotSent."""
    to = international(recipient)
    if through.url == 'console':
        print(f'SMS to {to}: {text}', flush=True)
        return
    is_json = through.body.lstrip().startswith('{')
    body = through.body.replace('{to}', _inside(to, is_json)).replace('{text}', _inside(text, is_json))
    headers = {'Content-Type': 'application/json' if is_json else 'application/x-www-form-urlencoded'}
    if through.authorization:
        headers['Authorization'] = through.authorization
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.post(through.url, content=body.encode(), headers=headers)
    except httpx.HTTPError as error:
        raise NotSent(str(error) or type(error).__name__, cause='sms_unreachable') from error
    if answer.status_code >= httpx.codes.BAD_REQUEST:
        raise NotSent(f'the gateway answered {answer.status_code}', cause='sms_refused')


def international(phone: str) -> str:
    """A Thai number as gateways want it: 081 234 5678 ต่อ 101 is +66812345678."""
    plain = digits(dialled(phone))
    return f'+66{plain[1:]}' if plain.startswith('0') else f'+{plain}'


def _inside(text: str, is_json: bool) -> str:
    """The text as it may stand inside the body: no quotation mark in a name can end it."""
    if is_json:
        return json.dumps(text)[1:-1]
    return str(httpx.QueryParams({'v': text}))[2:]
