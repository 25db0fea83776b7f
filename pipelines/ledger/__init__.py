"""What a run leaves behind: the history of runs and publications, the log of steps, and how far each step has come."""
