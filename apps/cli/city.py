"""`renkei city create`, `renkei pack adopt`, `renkei migrate`: sets cities up and keeps rules and schema current."""

from pathlib import Path

import click

from apps.cli.settings import as_json, city_option, home, installation, show, told
from apps.provisioning.city import adopt_pack, create_city, mend_city
from desk.packs import load_pack
from eventstore.city import City, cities

PACKS = Path("municipalities")


@click.group()
def city() -> None:
    """Sets up cities."""


@city.command()
@click.argument("name")
@click.option(
    "--pack", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Default: municipalities/NAME.toml."
)
@click.option("--approver", required=True, help="Who approved the pack (決裁者).")
@click.option("--reference", required=True, help="Number of the approval (決裁番号).")
@as_json
@told
def create(name: str, pack: Path | None, approver: str, reference: str, *, as_json: bool) -> None:
    """Sets up the city NAME, or mends what is missing of it: database, vhost, users, keys, first pack."""
    at = installation()
    at.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = create_city(at, name, pack or PACKS / f"{name}.toml", approver=approver, reference=reference)
    show(
        {"city": made.name, "municipality": made.municipality, "folder": str(made.folder)},
        json=as_json,
        text=f"{made.name} ({made.municipality}) is set up in {made.folder}",
    )


@click.group()
def pack() -> None:
    """Policy packs."""


@pack.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--approver", required=True, help="Who approved the pack (決裁者).")
@click.option("--reference", required=True, help="Number of the approval (決裁番号).")
@city_option
@as_json
@told
def adopt(file: Path, approver: str, reference: str, city: str, *, as_json: bool) -> None:
    """Adopts the policy pack FILE; the same pack again changes nothing."""
    content = file.read_bytes()
    read = load_pack(content, origin=file.name)
    adopt_pack(City.read(home(), city), content, read, approver=approver, reference=reference)
    since = read.edition.effective_from
    show(
        {"version": read.version, "digest": read.digest, "effective_from": since.isoformat()},
        json=as_json,
        text=f"pack {read.version} is adopted, in force from {since.isoformat()}",
    )


@click.command()
@click.option("--city", "names", multiple=True, help="Only this city; all of them unless given.")
@as_json
@told
def migrate(names: tuple[str, ...], *, as_json: bool) -> None:
    """Applies new migrations and grants, and draws the logins and keys that a newer version needs."""
    at = installation()
    applied = {name: mend_city(at, name) for name in names or cities(home())}
    lines = [f"{name}: {', '.join(new) or 'nothing new'}" for name, new in applied.items()]
    show(applied, json=as_json, text="\n".join(lines))
