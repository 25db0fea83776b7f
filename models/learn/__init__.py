"""How a model learns: splits by time, the learner, its rivals, and calibration."""
