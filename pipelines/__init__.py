"""The steps that move rows, in the order rows travel; no Airflow and no mathematics in here."""
