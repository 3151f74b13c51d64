"""The columns of the rows of work, with their types in PostgreSQL."""

from collections.abc import Mapping

from django.db import models

from kpis.models.work import WorkSums

SUMS: Mapping[str, str] = {
    found.name: "int4" if isinstance(found, models.IntegerField) else "float8"
    for found in WorkSums._meta.get_fields()
    if isinstance(found, models.IntegerField | models.FloatField)
}
