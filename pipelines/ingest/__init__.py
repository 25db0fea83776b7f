"""From a bank's source to the landing tables: the input contract, the source readers, and the extract step."""
