import pytest

from kpis.models import LossClass, Reason

pytestmark = pytest.mark.django_db


def test_standard_reasons_are_seeded_without_a_source() -> None:
    codes = dict(Reason.objects.values_list("code", "loss_class"))
    assert len(codes) == 19
    assert codes["unspecified-failure"] == LossClass.BREAKDOWN
    assert codes["warm-up"] == LossClass.SETUP
    assert codes["fully-productive-time"] == LossClass.RUNNING
    assert set(Reason.objects.values_list("source", flat=True)) == {""}


def test_loss_classes_are_known() -> None:
    assert set(Reason.objects.values_list("loss_class", flat=True)) <= set(LossClass.values)
