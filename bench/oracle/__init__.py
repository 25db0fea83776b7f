"""The gap to the oracle: what our models miss of what can be known, on a simulated bank whose truth is written."""
