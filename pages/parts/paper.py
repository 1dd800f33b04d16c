"""How a paper is handed over: its unchanged bytes under its own name, and where it can be fetched."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote as in_address
from uuid import UUID

from starlette.responses import Response

from models import DocumentKind, Module

MODULE = {
    DocumentKind.QUOTE: Module.QUOTES,
    DocumentKind.SIGNED_QUOTE: Module.QUOTES,
    DocumentKind.MANIFEST: Module.JOBS,
}


def module_of(kind: DocumentKind) -> Module:
    """Whose business a paper is; all others are about money."""
    return MODULE.get(kind, Module.INVOICES)


def address_of(root: str, document_id: UUID, name: str, *, how: Literal['', 'save', 'copy'] = '') -> str:
    """Where a paper is fetched, below the portal's or the console's root: to read, to keep, as the firm's own copy."""
    return f'{root}/papers/{document_id}/{in_address(name, safe="")}{f"?{how}" if how else ""}'


def handed_over(content: bytes, name: str, *, save: bool) -> Response:
    """The file, to be read in the browser or to be saved; never kept by anything in between."""
    return Response(
        content,
        media_type='application/pdf',
        headers={
            'content-disposition': disposition(name, save=save),
            'cache-control': 'private, no-store',
            'x-robots-tag': 'noindex, nofollow, noarchive',
        },
    )


def disposition(name: str, *, save: bool) -> str:
    """The name in letters that every browser reads, and whole for those that know more (RFC 6266, RFC 5987)."""
    plain = ''.join(sign if sign.isascii() and (sign.isalnum() or sign in '-._ ') else '_' for sign in name)
    how = 'attachment' if save else 'inline'
    return f'{how}; filename="{plain}"; filename*=UTF-8\'\'{in_address(name, safe="")}'
