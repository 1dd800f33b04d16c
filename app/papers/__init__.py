"""Papers as PDF: what each one says and how it is set; the models are known to `setting` only."""
