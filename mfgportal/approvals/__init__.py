"""A second person's word for what changes the meaning of data: systems of record, and declared mappings."""
