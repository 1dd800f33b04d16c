"""A second factor counts once, a new password ends other sessions, and everybody settles this for themselves only."""

import pytest

from models import Activity, LetterText, Outbox, Refused, Role, Staff, StaffSession
from tests.world import a_person, bo

pytestmark = pytest.mark.usefixtures('db')


async def test_a_new_password_ends_every_other_session() -> None:
    staff = await a_person(Role.SALES)
    here = await StaffSession.open(staff, digest=b'1' * 32)
    await StaffSession.open(staff, digest=b'2' * 32)
    await staff.change_password('new hash', keep=here.id, by=staff.actor)
    assert await StaffSession.find(b'1' * 32) is not None
    assert await StaffSession.find(b'2' * 32) is None
    assert (await Staff.get(id=staff.id)).password_hash == 'new hash'
    assert (await Outbox.get()).recipient == staff.email  # who did not change it hears of it


async def test_nobody_settles_the_safety_of_somebody_else() -> None:
    staff, owner = await a_person(Role.SALES), await bo()
    for verb in (
        staff.change_password('x', keep=None, by=owner),
        staff.begin_codes(b'x', step=1, recovery_digests=[], by=owner),
        staff.end_codes(by=owner),
        staff.quiet(['quote_signed'], by=owner),
    ):
        with pytest.raises(Refused, match='not_allowed'):
            await verb


async def test_a_code_counts_once_and_an_older_one_not_at_all() -> None:
    staff = await a_person(Role.SALES)
    await staff.begin_codes(b'sealed', step=100, recovery_digests=['a', 'b'], by=staff.actor)
    other = await Staff.get(id=staff.id)
    await staff.spend_code(101)
    for step in (101, 100):
        with pytest.raises(Refused, match='second_code_used'):
            await other.spend_code(step)


async def test_a_recovery_code_counts_once() -> None:
    staff = await a_person(Role.SALES)
    await staff.begin_codes(b'sealed', step=100, recovery_digests=['a', 'b'], by=staff.actor)
    await staff.spend_recovery_code('a')
    with pytest.raises(Refused, match='second_code_wrong'):
        await (await Staff.get(id=staff.id)).spend_recovery_code('a')
    assert (await Staff.get(id=staff.id)).recovery_digests == ['b']
    assert await Activity.exists(what='staff_recovery_code_used')


async def test_only_known_kinds_of_notices_are_kept_quiet() -> None:
    staff = await a_person(Role.SALES)
    await staff.quiet(['quote_signed', 'anything'], by=staff.actor)
    assert (await Staff.get(id=staff.id)).quiet_notices == ['quote_signed']


@pytest.mark.parametrize(
    'body', ['{number', 'number}', '{}', '{0}', '{name.__class__}', '{name!r}', '{name:>99999999}', '{name[0]}']
)
async def test_words_that_could_not_be_filled_are_refused(body: str) -> None:
    with pytest.raises(Refused, match='letter_braces'):
        await LetterText.word('quote', 'en', subject='Your quote', body=body, by=await bo())
    assert not await LetterText.exists()


async def test_a_code_letter_says_the_code() -> None:
    with pytest.raises(Refused, match='letter_needs_gap'):
        await LetterText.word('code', 'en', subject='Your code', body='Here it is.', by=await bo())
    await LetterText.word('code', 'en', subject='Your code', body='It is {code}. {{kept}}', by=await bo())
