"""What a person sees and presses; importing it registers every screen."""

__all__ = ['console', 'nowhere', 'portal_claims', 'portal_files', 'portal_forms', 'portal_page', 'verify']
