"""CRM tables that SQL cannot compute: segments, connected groups, and the tables that describe the classes."""
