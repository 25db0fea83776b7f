"""The declarations: one module a family of rules, with its parameters, revisions, keys and retention."""
