"""`renkei city create`, `renkei migrate`: sets cities up and keeps their schema current."""

from pathlib import Path

import click

from apps.cli.settings import as_json, home, installation, show, told
from apps.composition import SERVICES
from apps.provisioning import database
from apps.provisioning.city import create_city
from eventstore.city import cities

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


@click.command()
@click.option("--city", "names", multiple=True, help="Only this city; all of them unless given.")
@as_json
@told
def migrate(names: tuple[str, ...], *, as_json: bool) -> None:
    """Applies new migrations and grants."""
    at = installation()
    applied = {name: database.migrate_city(at.database_url, name, SERVICES) for name in names or cities(home())}
    lines = [f"{name}: {', '.join(new) or 'nothing new'}" for name, new in applied.items()]
    show(applied, json=as_json, text="\n".join(lines))
