"""The score step: champions applied to every candidate, with reasons, as a run that is not published yet."""
