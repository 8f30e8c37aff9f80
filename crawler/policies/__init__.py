"""Policies: what follows from a history and a time. Pure: the clock and the history come in as values."""
