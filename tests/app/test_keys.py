"""A link is made once, found by its digest and read back with the secret that made it, and no other."""

from app.keys import BASE58, Keys

FIRST, SECOND = Keys(b'the secret of one installation....'), Keys(b'the secret of another one.........')


def test_a_token_is_22_characters_that_can_be_read_out() -> None:
    secret = FIRST.new_link_secret()
    assert len(secret.token) == 22
    assert set(secret.token) <= set(BASE58)
    assert not set('0OIl') & set(BASE58)


def test_two_links_are_never_the_same() -> None:
    assert len({FIRST.new_link_secret().token for _ in range(1000)}) == 1000


def test_a_token_is_found_by_its_digest_after_a_new_start() -> None:
    secret = FIRST.new_link_secret()
    assert Keys(b'the secret of one installation....').link_digest(secret.token) == secret.digest
    assert SECOND.link_digest(secret.token) != secret.digest


def test_what_is_stored_gives_the_token_only_to_who_has_the_secret() -> None:
    secret = FIRST.new_link_secret()
    assert FIRST.link_token(secret.cipher) == secret.token
    assert SECOND.link_token(secret.cipher) is None
    assert secret.token.encode() not in secret.cipher + secret.digest


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert len({FIRST.derive(purpose) for purpose in ('link look-up', 'link reading', 'sign-in')}) == 3
