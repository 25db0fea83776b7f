"""The benchmark: every step beside a rival that does the same work, or beside the limit, measured in the same run."""
