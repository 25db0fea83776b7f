"""Deliberate breaks of queries and code, each of which a test must notice: `make mutants`, outside CI."""
