"""The rental trade: its things, what can be done to them, and when the answer is no."""

from models.access_code import AccessCode, Channel, CodeSecret
from models.activity import Activity
from models.actor import MAY, SYSTEM, Actor, Level, Module, Role
from models.audit_seal import Audit, AuditSeal
from models.bank_statement import BankLine, BankRow, BankStatement, LineState
from models.base import BANGKOK, Record, Refused, bangkok_day, end_of_day, now, one_change
from models.bill import OPEN, InvoiceStatus
from models.business import HEAD_OFFICE, Business, CodePolicy, TaxPoint, tax_id_doubtful
from models.claim import Claim, ClaimState, Slip, SlipEntry
from models.credit import CreditReturn, credit_of, use_credit
from models.credit_note import CreditNote
from models.customer import Contact, ContactEntry, Customer, CustomerKind, fold
from models.deposit import Deposit, DepositKept, DepositMove, DepositMoveKind, DepositStatus, KeptEntry, KeptKind
from models.deposit_reversal import reverse_collected
from models.device import Device, DeviceRight, RightKind
from models.document import Document, DocumentKind, DocumentState
from models.erasure import Prospect, prospect_of
from models.everything import Everything
from models.invoice import Invoice
from models.invoice_line import InvoiceLine
from models.job import ACTION, OVER, ROAD, Job, JobLine, Stage, StageMove
from models.job_draft import draft_again
from models.letter import LetterText
from models.limit import LimitCount, network
from models.line import Line, LineEntry, LineKind
from models.logo import Logo
from models.matching import Proposal, proposals
from models.money import DiscountKind, RateType, Totals, Withholding, baht, proposed_duration
from models.notice import Notice
from models.numbering import NumberCounter, Series, next_number
from models.opening import paper_opened
from models.outbox import Medium, Outbox, OutboxState
from models.outstanding import outstanding_of, outstanding_of_all
from models.password_link import PasswordLink, PasswordLinkKind
from models.payment import MONEY, Method, Payment
from models.portal_link import EndReason, Grant, LinkSecret, LinkState, PortalLink, Scope
from models.prepaid import credit_prepayments, paid_before
from models.program import Program
from models.quote import Quote, QuoteStatus
from models.quote_entry import QuoteEntry
from models.quote_line import QuoteLine
from models.quote_revision import Editing, QuoteRevision
from models.quote_version import Change, changes_between
from models.receipt import Receipt, ReceiptKind
from models.rekeying import Rekeyed, rekey
from models.reprint import Reprint
from models.seal import Seal
from models.signature import Signature, SignatureEntry, SignatureMethod
from models.staff import Staff, StaffSession
from models.statement import Statement, StatementLine, make_statement
from models.tax_invoice import issue_again
from models.unseen import money_known
from models.visit import PortalVisit, Presence, VisitKind, VisitOrigin
from models.withholding_certificate import CertificateFile, WithholdingCertificate

__all__ = [
    'ACTION',
    'BANGKOK',
    'HEAD_OFFICE',
    'MAY',
    'MONEY',
    'OPEN',
    'OVER',
    'ROAD',
    'SYSTEM',
    'AccessCode',
    'Activity',
    'Actor',
    'Audit',
    'AuditSeal',
    'BankLine',
    'BankRow',
    'BankStatement',
    'Business',
    'CertificateFile',
    'Change',
    'Channel',
    'Claim',
    'ClaimState',
    'CodePolicy',
    'CodeSecret',
    'Contact',
    'ContactEntry',
    'CreditNote',
    'CreditReturn',
    'Customer',
    'CustomerKind',
    'Deposit',
    'DepositKept',
    'DepositMove',
    'DepositMoveKind',
    'DepositStatus',
    'Device',
    'DeviceRight',
    'DiscountKind',
    'Document',
    'DocumentKind',
    'DocumentState',
    'Editing',
    'EndReason',
    'Everything',
    'Grant',
    'Invoice',
    'InvoiceLine',
    'InvoiceStatus',
    'Job',
    'JobLine',
    'KeptEntry',
    'KeptKind',
    'LetterText',
    'Level',
    'LimitCount',
    'Line',
    'LineEntry',
    'LineKind',
    'LineState',
    'LinkSecret',
    'LinkState',
    'Logo',
    'Medium',
    'Method',
    'Module',
    'Notice',
    'NumberCounter',
    'Outbox',
    'OutboxState',
    'PasswordLink',
    'PasswordLinkKind',
    'Payment',
    'PortalLink',
    'PortalVisit',
    'Presence',
    'Program',
    'Proposal',
    'Prospect',
    'Quote',
    'QuoteEntry',
    'QuoteLine',
    'QuoteRevision',
    'QuoteStatus',
    'RateType',
    'Receipt',
    'ReceiptKind',
    'Record',
    'Refused',
    'Rekeyed',
    'Reprint',
    'RightKind',
    'Role',
    'Scope',
    'Seal',
    'Series',
    'Signature',
    'SignatureEntry',
    'SignatureMethod',
    'Slip',
    'SlipEntry',
    'Staff',
    'StaffSession',
    'Stage',
    'StageMove',
    'Statement',
    'StatementLine',
    'TaxPoint',
    'Totals',
    'VisitKind',
    'VisitOrigin',
    'Withholding',
    'WithholdingCertificate',
    'baht',
    'bangkok_day',
    'changes_between',
    'credit_of',
    'credit_prepayments',
    'draft_again',
    'end_of_day',
    'fold',
    'issue_again',
    'make_statement',
    'money_known',
    'network',
    'next_number',
    'now',
    'one_change',
    'outstanding_of',
    'outstanding_of_all',
    'paid_before',
    'paper_opened',
    'proposals',
    'proposed_duration',
    'prospect_of',
    'rekey',
    'reverse_collected',
    'tax_id_doubtful',
    'use_credit',
]
