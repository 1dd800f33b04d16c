"""The staff console; importing it registers its screens and doors."""

from pages.console import customers, sign_in

__all__ = ['customers']

sign_in.open_doors()
