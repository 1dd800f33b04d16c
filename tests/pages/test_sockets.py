"""What comes over a websocket: signs that no database can keep never reach the page."""

from __future__ import annotations

import json
from typing import Any

from nicegui.testing import User

from app.sockets import _from_its_own_page
from tests.world import a_link, nimman


async def heard(portal: User, message: dict[str, Any]) -> dict[str, Any]:
    """What is left of it when it comes over the connection of an open page."""
    _, token = await a_link(await nimman())
    await portal.open(f'/p/{token}')
    assert portal.client is not None
    portal.client._socket_to_document_id['own'] = 'document'
    got: list[dict[str, Any]] = []
    _from_its_own_page(lambda _, said: got.append(said))('own', {'client_id': portal.client.id, **message})
    return got[0]


async def test_what_is_typed_loses_the_signs_that_no_database_can_keep(portal: User) -> None:
    typed = ['"a\\u0000b"', '{"value":"x\\ud800y","rest":["\\u0000",1,null]}', '"\\\\u0000 \\ud83d\\ude00"', None]
    said = await heard(portal, {'args': typed})
    assert [argument and json.loads(argument) for argument in said['args']] == [
        'a\ufffdb',
        {'value': 'x\ufffdy', 'rest': ['\ufffd', 1, None]},
        '\\u0000 😀',
        None,
    ]


async def test_what_a_script_answers_loses_them_too(portal: User) -> None:
    assert (await heard(portal, {'result': {'a\0': ['b\0']}}))['result'] == {'a\ufffd': ['b\ufffd']}


async def test_what_holds_none_of_them_stays_as_it_was(portal: User) -> None:
    plain = '{"value": "ก\\u0e32 😀"}'
    assert (await heard(portal, {'args': [plain]}))['args'][0] is plain
