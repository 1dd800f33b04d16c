"""Under which key a view is shared: only between links that show the same."""

from __future__ import annotations

from collections.abc import Hashable

from models import Grant


def mine(grant: Grant) -> tuple[Hashable, ...]:
    """Two links to the same record share a view; a link to another record never does."""
    return 'portal', grant.scope, grant.customer_id, grant.quote_id, grant.invoice_id, grant.kept
