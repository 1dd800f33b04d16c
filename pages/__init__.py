"""What a person sees and presses; importing it registers every screen."""

from pages import console, nowhere, unwell, verify
from pages.portal import archive as portal_archive
from pages.portal import claims as portal_claims
from pages.portal import files as portal_files
from pages.portal import forms as portal_forms
from pages.portal import page as portal_page

__all__ = [
    'console',
    'nowhere',
    'portal_archive',
    'portal_claims',
    'portal_files',
    'portal_forms',
    'portal_page',
    'unwell',
    'verify',
]
