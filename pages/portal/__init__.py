"""The customer's portal: one page on a phone, with its views inside."""
