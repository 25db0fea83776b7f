"""What every refusal of the modelling room is."""


class ModellingError(ValueError):
    """Something that cannot be learnt, scored or explained as asked; its text is a sentence to act on."""
