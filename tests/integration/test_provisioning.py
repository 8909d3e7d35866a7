"""Setting up a city: from its pack alone, again without harm, and apart from every other city."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from stat import S_IMODE
from urllib.parse import urlsplit

import psycopg
import pytest

from apps.provisioning.broker import PortalNameTaken
from apps.provisioning.city import Installation, NameNotAllowed, admit_portal, adopt_pack, create_city
from desk.packs import load_pack
from eventstore.city import City
from eventstore.records import StreamId
from services.administration.declaration import ADMINISTRATION
from services.administration.domain.city import PackOfAnotherMunicipality, PackVersionReused
from services.intake.declaration import INTAKE
from tests.cities import AOMORI, THIRD_CITY, TOKOROZAWA, Cities, management

APPROVED = {"approver": "市長", "reference": "企連第1号"}


@pytest.mark.row("N11")
@pytest.mark.parametrize("pack_file", [AOMORI, TOKOROZAWA, THIRD_CITY], ids=lambda file: file.stem)
def test_a_city_works_from_its_pack_alone(new_city: Callable[..., City], cities: Cities, pack_file: Path) -> None:
    city = new_city("pack", pack_file)

    for service in (ADMINISTRATION, INTAKE):
        pack = cities.office(service, city).pack()
        assert pack.municipality_code == city.municipality
        assert pack.digest == sha256(pack_file.read_bytes()).hexdigest()


def test_creating_a_city_again_changes_nothing(city: City, cities: Cities, installation: Installation) -> None:
    admit_portal(installation, city, f"{city.name.replace('_', '-')}-portal")
    stream = StreamId("city", city.stream)
    store = cities.office(ADMINISTRATION, city).store
    before = store.load(stream).events

    again = create_city(installation, city.name, AOMORI, **APPROVED)
    password = admit_portal(installation, city, f"{city.name.replace('_', '-')}-portal")

    assert again == city
    assert password is None
    assert [recorded.type for recorded in before] == ["PackAdopted", "PortalAdmitted"]
    assert store.load(stream).events == before


def adopt(city: City, content: bytes) -> None:
    adopt_pack(city, content, load_pack(content, origin="test"), approver="市長", reference="企連第2号")


def test_another_municipality_s_pack_is_refused(city: City) -> None:
    with pytest.raises(PackOfAnotherMunicipality):
        adopt(city, TOKOROZAWA.read_bytes())


def test_a_changed_pack_needs_a_new_version(city: City) -> None:
    with pytest.raises(PackVersionReused):
        adopt(city, AOMORI.read_bytes() + b"\n# edited\n")


@pytest.mark.parametrize("name", ["", "Aomori", "青森", "a", "a-b", "../a", "a" * 32, "a;b", 'a"b'])
def test_a_name_that_is_not_plain_is_refused(installation: Installation, name: str) -> None:
    with pytest.raises(NameNotAllowed):
        create_city(installation, name, AOMORI, **APPROVED)


@pytest.mark.parametrize("name", ["", "Portal", "a.b", ".*", "a|b", "ポータル", "a" * 42])
def test_a_portal_s_name_that_is_not_plain_is_refused(city: City, installation: Installation, name: str) -> None:
    with pytest.raises(NameNotAllowed):
        admit_portal(installation, city, name)


def test_keys_and_passwords_may_be_read_by_their_owner_only(city: City) -> None:
    kept = [path for path in city.folder.rglob("*") if path.is_file()]

    assert len(kept) > 6
    assert {S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert S_IMODE((city.folder / "keys").stat().st_mode) == 0o700


def test_a_city_shows_no_password_of_its_own(city: City) -> None:
    shown = repr(city)

    for uri in (*city.databases.values(), *city.brokers.values()):
        assert urlsplit(uri).password not in shown


def test_no_role_of_a_city_may_connect_to_another_city_s_database(city: City, new_city: Callable[..., City]) -> None:
    other = new_city("other", TOKOROZAWA)

    for uri in city.databases.values():
        foreign = urlsplit(uri)._replace(path=urlsplit(next(iter(other.databases.values()))).path).geturl()
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(foreign)


def test_no_user_of_a_city_may_enter_another_city_s_vhost(
    city: City, new_city: Callable[..., City], installation: Installation
) -> None:
    other = new_city("vhost", TOKOROZAWA)

    with management(installation.management_url) as api:
        own = {permission["user"] for permission in api.get(f"vhosts/{city.name}/permissions").json()}
        foreign = {permission["user"] for permission in api.get(f"vhosts/{other.name}/permissions").json()}

    assert {urlsplit(uri).username for uri in city.brokers.values()} <= own
    assert (own & foreign) <= {urlsplit(installation.amqp_uri).username}


def test_a_portal_name_that_another_city_admitted_is_refused(installation: Installation, cities: Cities) -> None:
    here, there = cities.new("here"), cities.new("there")
    assert admit_portal(installation, here, "twice-admitted")
    assert admit_portal(installation, here, "twice-admitted") is None

    with pytest.raises(PortalNameTaken):
        admit_portal(installation, there, "twice-admitted")

    office = cities.office(ADMINISTRATION, there)
    assert office.rules.portal("twice-admitted") is None
