"""Which tables tell open pages of their changes, and by which columns a page may follow them."""

# A change of a row is announced with its id and these columns; a row that moves between them is announced to both.
LIVE_TABLES: dict[str, tuple[str, ...]] = {
    'activity': ('customer_id', 'quote_id', 'job_id', 'invoice_id', 'deposit_id'),
    'business': (),
    'contact': ('customer_id',),
    'credit_note': ('customer_id', 'invoice_id'),
    'credit_return': ('customer_id',),
    'customer': (),
    'deposit': ('customer_id', 'quote_id', 'job_id'),
    'deposit_kept': ('deposit_id',),
    'deposit_move': ('deposit_id',),
    'device_right': ('link_id',),
    'document': ('customer_id', 'quote_id'),
    'editing': ('quote_id',),
    'invoice': ('customer_id', 'job_id'),
    'invoice_line': ('invoice_id',),
    'job': ('customer_id', 'quote_id'),
    'job_line': ('job_id',),
    'letter_text': (),
    'notice': ('staff_id',),
    'outbox': ('customer_id', 'quote_id', 'invoice_id'),
    'payment': ('customer_id', 'invoice_id', 'job_id'),
    'portal_link': ('customer_id', 'quote_id', 'invoice_id'),
    'presence': ('link_id', 'customer_id', 'quote_id', 'invoice_id'),
    'quote': ('customer_id',),
    'quote_line': ('quote_id',),
    'quote_revision': ('quote_id',),
    'receipt': ('customer_id', 'invoice_id', 'deposit_id'),
    'signature': ('quote_id',),
    'staff': (),
    'staff_session': ('staff_id',),
    'stage_move': ('job_id',),
    'withholding_certificate': ('customer_id',),
}

CHANNEL = 'record_change'
