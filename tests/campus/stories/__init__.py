"""The texts of the campus, one module a host. Every person, university and event is invented."""
