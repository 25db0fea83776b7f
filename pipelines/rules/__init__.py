"""The rules step: each CRM table by one query, with the parameters, version and retention that its family declares."""
