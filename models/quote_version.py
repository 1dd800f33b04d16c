"""A version of a quote: what was frozen when it was published, and in what it differs from the one before."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from models.business import Business
from models.document import Document, DocumentKind
from models.quote_line import QuoteLine

if TYPE_CHECKING:
    from models.offer import Offer

OF_QUOTE = (
    'number',
    'title',
    'title_th',
    'quoted_on',
    'job_start',
    'job_end',
    'expires_on',
    'published',
    'vat_percent',
    'discount_kind',
    'discount_value',
    'subtotal',
    'discount',
    'vat',
    'grand_total',
    'deposit',
    'total_due',
    'customer_notes',
)
OF_LINE = (
    'id',
    'kind',
    'name',
    'name_th',
    'quantity',
    'duration',
    'rate',
    'rate_type',
    'withholding',
    'amount',
)
SUMS = ('subtotal', 'discount', 'vat', 'grand_total', 'deposit', 'total_due')
# What a reader looks for after a change; the sums follow from the lines and are compared as one.
COMPARED = ('title', 'title_th', 'job_start', 'job_end', 'expires_on', 'total_due', 'deposit', 'customer_notes')
COMPARED_OF_LINE = ('kind', 'name', 'name_th', 'quantity', 'duration', 'rate', 'rate_type', 'optional')


async def frozen_quote(quote: 'Offer') -> dict[str, Any]:
    """What a paper of this version says, whatever becomes of the records."""
    firm = await Business.the()
    return {
        **{name: str(getattr(quote, name)) for name in OF_QUOTE},
        'lines': [
            {
                **{name: str(getattr(line, name)) for name in OF_LINE},
                'optional': line.optional,
                'chosen': line.chosen,
            }
            for line in await QuoteLine.filter(quote_id=quote.id).order_by('position')
        ],
        'terms': firm.rental_terms,
        'terms_th': firm.rental_terms_th,
        'terms_version': firm.terms_version,
    }


async def frozen_as_signed(quote: 'Offer', shown: Document) -> dict[str, Any]:
    """What the signed paper says: what was shown, with the lines that were ticked and the sums that follow.

    Terms, parties and logo are those that the signer saw, whatever the firm has changed since.
    """
    said = await frozen_quote(quote)
    ticked = {line['id'] for line in said['lines'] if line['chosen']}
    return {
        **{name: value for name, value in shown.frozen.items() if name != 'verification'},
        **{name: said[name] for name in SUMS},
        'lines': [{**line, 'chosen': line['id'] in ticked} for line in shown.frozen['lines']],
    }


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions; of a line when `line_id` is given. Values are as they were frozen."""

    what: Literal['added', 'removed', 'changed']
    field: str
    line_id: UUID | None = None
    before: str = ''
    after: str = ''


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    """In what one frozen version differs from an earlier one, in the order in which it is read.

    A line is `added` or `removed` as a whole, with its names; else each of its fields is told.
    """
    found = [
        Change('changed', name, None, str(before[name]), str(after[name]))
        for name in COMPARED
        if str(before.get(name, '')) != str(after.get(name, ''))
    ]
    old = {line['id']: line for line in before['lines']}
    for line in after['lines']:
        if was := old.pop(line['id'], None):
            found += [
                Change('changed', name, UUID(line['id']), str(was[name]), str(line[name]))
                for name in COMPARED_OF_LINE
                if was[name] != line[name]
            ]
        else:
            found.append(Change('added', line['name_th'], UUID(line['id']), after=line['name']))
    found += [Change('removed', line['name_th'], UUID(line['id']), before=line['name']) for line in old.values()]
    return tuple(found)


async def changes_of(quote: 'Offer') -> tuple[Change, ...]:
    """What the customer reads anew in the version that is published now; nothing of a first version.

    A paper of before there were verification ids says too little to be compared.
    """
    papers = await Document.filter(
        quote_id=quote.id,
        kind=DocumentKind.QUOTE,
        edition__in=[quote.published - 1, quote.published],
        verification__not_isnull=True,
    ).order_by('edition')
    return changes_between(papers[0].frozen, papers[1].frozen) if len(papers) == 2 else ()
