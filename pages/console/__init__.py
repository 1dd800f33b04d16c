"""The staff console; importing it registers its screens and doors."""

from pages.console import (
    account,
    bank_statement,
    customer,
    customers,
    deposit,
    deposits,
    files,
    invoice,
    invoices,
    job,
    jobs,
    letter_settings,
    new_password,
    one_link,
    payments,
    people,
    portal_settings,
    quote,
    quotes,
    register,
    settings,
    sign_in,
)

__all__ = [
    'account',
    'bank_statement',
    'customer',
    'customers',
    'deposit',
    'deposits',
    'files',
    'invoice',
    'invoices',
    'job',
    'jobs',
    'letter_settings',
    'new_password',
    'one_link',
    'payments',
    'people',
    'portal_settings',
    'quote',
    'quotes',
    'register',
    'settings',
    'sign_in',
]

sign_in.open_doors()
new_password.open_password_doors()
