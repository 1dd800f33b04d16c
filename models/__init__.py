"""The rental trade: its things, what can be done to them, and when the answer is no."""

from models.activity import Activity
from models.actor import MAY, SYSTEM, Actor, Level, Module, Role
from models.base import BANGKOK, Record, Refused, bangkok_day, end_of_day, now, one_change
from models.business import HEAD_OFFICE, Business, TaxPoint, tax_id_doubtful
from models.customer import Contact, ContactEntry, Customer, CustomerKind, fold
from models.deposit import Deposit, DepositKept, DepositMove, DepositMoveKind, DepositStatus, KeptEntry, KeptKind
from models.document import Document, DocumentKind, DocumentState
from models.invoice import OPEN, Invoice, InvoiceLine, InvoiceStatus, outstanding_of
from models.job import ACTION, OVER, ROAD, Job, JobLine, Stage, StageMove
from models.line import Line, LineEntry, LineKind
from models.money import DiscountKind, RateType, Totals, Withholding, baht, proposed_duration
from models.numbering import NumberCounter, Series, next_number
from models.outbox import Outbox, OutboxState
from models.payment import Method, Payment, credit_of
from models.portal_link import EndReason, Grant, LinkSecret, LinkState, PortalLink, Scope
from models.quote import Quote, QuoteLine, QuoteStatus
from models.receipt import Receipt, ReceiptKind
from models.signature import Signature, SignatureEntry, SignatureMethod
from models.staff import Staff, StaffSession

__all__ = [
    'ACTION',
    'BANGKOK',
    'HEAD_OFFICE',
    'MAY',
    'OPEN',
    'OVER',
    'ROAD',
    'SYSTEM',
    'Activity',
    'Actor',
    'Business',
    'Contact',
    'ContactEntry',
    'Customer',
    'CustomerKind',
    'Deposit',
    'DepositKept',
    'DepositMove',
    'DepositMoveKind',
    'DepositStatus',
    'DiscountKind',
    'Document',
    'DocumentKind',
    'DocumentState',
    'EndReason',
    'Grant',
    'Invoice',
    'InvoiceLine',
    'InvoiceStatus',
    'Job',
    'JobLine',
    'KeptEntry',
    'KeptKind',
    'Level',
    'Line',
    'LineEntry',
    'LineKind',
    'LinkSecret',
    'LinkState',
    'Method',
    'Module',
    'NumberCounter',
    'Outbox',
    'OutboxState',
    'Payment',
    'PortalLink',
    'Quote',
    'QuoteLine',
    'QuoteStatus',
    'RateType',
    'Receipt',
    'ReceiptKind',
    'Record',
    'Refused',
    'Role',
    'Scope',
    'Series',
    'Signature',
    'SignatureEntry',
    'SignatureMethod',
    'Staff',
    'StaffSession',
    'Stage',
    'StageMove',
    'TaxPoint',
    'Totals',
    'Withholding',
    'baht',
    'bangkok_day',
    'credit_of',
    'end_of_day',
    'fold',
    'next_number',
    'now',
    'one_change',
    'outstanding_of',
    'proposed_duration',
    'tax_id_doubtful',
]
