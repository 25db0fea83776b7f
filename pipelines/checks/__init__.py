"""The validate step: suites of expectations, their results, the quarantine of broken rows, and the page that shows them."""
