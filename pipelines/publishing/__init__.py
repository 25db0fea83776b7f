"""The publish and rollback steps: the pointer that selects the run which the CRM reads."""
