"""Renumbered customers: as many left as came, of the same name, branch and amounts."""

from __future__ import annotations

from datetime import date

from pipelines.deliveries.bands import Band, Point
from pipelines.deliveries.evaluate import Evaluated
from pipelines.deliveries.measure import ALL, Subject
from pipelines.settings import add_months
from pipelines.warehouse import Warehouse

_BAND = Band(warn_high=0.0, stop_high=2.0)  # two customers of one name may swap by chance
_WHY = "A customer under a new id has no history, and under its old id reads as lost."


def find_renumbered(warehouse: Warehouse, as_of: date) -> Evaluated:
    """Return how many customers seem to have been given another id in the month before `as_of`."""
    binds = {"first_day": add_months(as_of, -1), "as_of": as_of}
    (row,) = warehouse.read("deliveries/renumbered_customers", **binds).to_pylist()
    point = Point(float(row["renumbered_count"]), int(row["began_count"]))
    subject = Subject(as_of, ALL, "renumbered")
    return Evaluated("transactions", subject, point, _BAND, _BAND.describe(point.value), _WHY)
