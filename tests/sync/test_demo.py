import pytest

from sync import demo
from sync.models import Ownership, Source
from sync.sources import add_source

pytestmark = pytest.mark.django_db
HERE = {"odoo_url": "http://127.0.0.1:18069", "atlas_url": "http://127.0.0.1:18081"}


def test_the_demo_is_seeded_once_rests_and_goes_on() -> None:
    demo.seed(**HERE)
    demo.rest(**HERE)
    assert not Source.objects.filter(enabled=True).exists()
    demo.seed(**HERE)
    assert Source.objects.filter(enabled=True).count() == 2
    assert Ownership.objects.get(kind="equipment").source.name == "atlas"
    assert Ownership.objects.get(kind="product").source.name == "odoo"


def test_a_real_source_of_the_same_name_is_not_overwritten() -> None:
    add_source(name="odoo", title="Odoo", connector="odoo", url="https://odoo.example", password="real")
    with pytest.raises(demo.RealSources, match="run without the sandbox"):
        demo.seed(**HERE)
    assert Source.objects.get().password == "real"


def test_resting_leaves_real_sources_alone() -> None:
    add_source(name="odoo", title="Odoo", connector="odoo", url="https://odoo.example")
    demo.rest(**HERE)
    assert Source.objects.get().enabled
