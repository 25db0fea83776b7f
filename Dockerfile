# The image of every Airflow service in docker-compose.yml: Python, the lock, and the repository as the DAG bundle.
# It starts from Python and not from apache/airflow, whose many providers would have to be resolved against the lock:
# so a container runs exactly the packages that `make test` ran.
FROM python:3.11.14-slim-bookworm

# libgomp1: LightGBM's OpenMP
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 50000 airflow \
    && install --directory --owner airflow /opt/kcrm /opt/airflow /opt/airflow/logs /opt/airflow/passwords /var/kcrm

COPY requirements.lock /tmp/requirements.lock
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement /tmp/requirements.lock

USER airflow
WORKDIR /opt/kcrm
COPY --chown=airflow . .
ENV PYTHONPATH=/opt/kcrm \
    AIRFLOW_HOME=/opt/airflow \
    KCRM_VAR=/var/kcrm
ENTRYPOINT ["python", "-m", "airflow"]
CMD ["version"]
