"""What the DAGs need besides Airflow: partition keys, failure messages and shared defaults."""
