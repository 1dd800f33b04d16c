"""An operator who asks is told what is fine and what to look at."""

from __future__ import annotations

from dataclasses import replace

from app.checkup import look_over
from app.database import connect, disconnect
from app.keys import use_keys
from app.papers.sealing import the_seal_key
from app.seal_key import new_seal_key
from app.settings import Settings, use_settings
from models import PortalLink
from tests.world import a_secret, bo, nimman

SECRET = b'a secret that is only used in tests, never else'


async def looks(url: str, **chosen: str) -> list[str]:
    """The sentences about what is not fine."""
    settings = Settings(secret=SECRET, **{'public_url': 'https://portal.example', **chosen})  # type: ignore[arg-type]
    return [finding.sentence for finding in await look_over(url, settings) if not finding.fine]


async def a_link(url: str) -> None:
    await connect(url)
    await PortalLink.issue(await nimman(), secret=a_secret(), by=await bo())
    await disconnect()


async def test_nothing_is_wrong_with_a_firm_that_works(database_url: str) -> None:
    use_keys(SECRET)
    await a_link(database_url)
    assert await looks(database_url) == []


async def test_a_new_installation_has_no_owner_yet(database_url: str) -> None:
    use_keys(SECRET)
    assert await looks(database_url) == ['there is no owner: main.py create-owner makes one']


async def test_a_secret_that_is_not_the_one_of_the_links_is_found(database_url: str) -> None:
    await a_link(database_url)
    use_keys(b'another secret, which the operator has set')
    assert await looks(database_url) == ['APP_SECRET is not the one the links were made with']


async def test_an_address_that_is_open_to_listeners_or_too_long_is_named(database_url: str) -> None:
    use_keys(SECRET)
    await a_link(database_url)
    long = 'http://the-portal-of-our-rental-house.example.co.th'
    assert await looks(database_url, public_url=long) == [
        f'PUBLIC_URL is {long}: links are secret only over https',
        'a portal link has 76 characters, and chats break it',
    ]


async def test_a_database_that_does_not_answer_is_a_finding_and_no_crash() -> None:
    [sentence] = await looks('postgres://me:hunter2@127.0.0.1:1/portal')
    assert sentence == 'the database at 127.0.0.1:1/portal cannot be reached (nobody listens there)'


async def test_whose_seal_papers_get_is_told(database_url: str) -> None:
    use_keys(SECRET)
    use_settings(Settings(secret=SECRET))
    await a_link(database_url)
    settings = Settings(secret=SECRET, public_url='https://portal.example')
    assert any('made when the first' in finding.sentence for finding in await look_over(database_url, settings))
    await connect(database_url)
    await the_seal_key()
    await disconnect()
    assert any('made here for Siam Light' in finding.sentence for finding in await look_over(database_url, settings))
    use_keys(b'another secret, which the operator has set')
    assert any('does not open the key of the seal' in sentence for sentence in await looks(database_url))
    brought = replace(settings, seal=new_seal_key('Thai CA'))
    assert any(
        'with the key of Thai CA, until' in finding.sentence for finding in await look_over(database_url, brought)
    )
