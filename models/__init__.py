"""What is learned: frozen specs and pure functions on frames, without I/O, clocks or SQL."""
