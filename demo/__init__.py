"""The simulated bank: what a newcomer's warehouse is filled from, and what models are held to. It imports no room."""
