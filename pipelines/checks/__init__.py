"""The validate step: suites of checks, their results, the quarantine of broken rows, and the result page."""
