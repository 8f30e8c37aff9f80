"""The tables of the catalog: what is written goes through here."""
