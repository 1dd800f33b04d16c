"""What a person sees and presses; importing it registers every screen."""

from pages import console
from pages.portal import page as portal_page

__all__ = ['console', 'portal_page']
