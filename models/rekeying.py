"""The secret of the house is changed: what was stored under the old one is stored under the new one, or ends."""

from collections.abc import Callable
from dataclasses import dataclass

from models.access_code import AccessCode
from models.activity import Activity
from models.actor import SYSTEM
from models.base import now, one_change
from models.password_link import PasswordLink
from models.portal_link import LinkSecret, PortalLink
from models.staff import Staff


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """What became of it: `lost` are links that no longer open, `without_recovery` who needs new recovery codes."""

    links: int
    lost: int
    without_recovery: tuple[str, ...]


async def rekey(
    link_again: Callable[[bytes], LinkSecret | None], totp_again: Callable[[bytes], bytes | None]
) -> Rekeyed:
    """Links keep their addresses, and authenticator apps go on.

    Each callable turns what is stored into what shall be stored, or None when it cannot be read. Of recovery codes
    only digests are known, so they end; so do access codes, which live for minutes, and the addresses of invitations
    and resets, which can be sent again.
    """
    at = now()
    async with one_change():
        kept = await PortalLink.exclude(cipher=None).order_by('id').select_for_update()
        lost = sum([await _link_lost(link, link_again) for link in kept])
        without_recovery = [name for name in [await _lost_recovery(one, totp_again) for one in await _staff()] if name]
        await AccessCode.filter(used_at=None, replaced_at=None).update(replaced_at=at, cipher=None)
        await PasswordLink.filter(used_at=None).update(used_at=at, cipher=None)
        await Activity.note('secret_changed', by=SYSTEM, at=at, links=len(kept) - lost)
    return Rekeyed(len(kept) - lost, lost, tuple(without_recovery))


async def _link_lost(link: PortalLink, again: Callable[[bytes], LinkSecret | None]) -> bool:
    secret = again(bytes(link.cipher or b''))
    if secret:
        await PortalLink.filter(id=link.id).update(digest=secret.digest, cipher=secret.cipher)
    return secret is None


async def _staff() -> list[Staff]:
    return await Staff.exclude(totp_cipher=None).order_by('name').select_for_update()


async def _lost_recovery(person: Staff, again: Callable[[bytes], bytes | None]) -> str:
    """The name of this person, who must make new recovery codes; one whose secret cannot be read keeps it as it is."""
    cipher = again(bytes(person.totp_cipher or b''))
    if cipher is None:
        return ''
    await Staff.filter(id=person.id).update(totp_cipher=cipher, recovery_digests=[])
    return person.name if person.recovery_digests else ''
