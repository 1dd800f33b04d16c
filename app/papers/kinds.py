"""Which papers can be set, known without the machinery that sets them."""

KINDS = (
    'Quote',
    'Signed Quote',
    'Invoice',
    'Receipt',
    'Tax Invoice',
    'Deposit Request',
    'Deposit Receipt',
    'Deposit Return Receipt',
    'Delivery Manifest',
    'Credit Note',
    'Credit Return Receipt',
    'Statement',
)
