"""Airflow on one machine: runs the DAGs in this process, or serves them with the user interface on loopback."""
