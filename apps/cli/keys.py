"""`renkei keys rotate | rewrap`: new master keys, and every data key wrapped anew under them."""

from contextlib import closing

import click
from rich.console import Console
from rich.progress import Progress

from apps.cli.settings import as_json, city_option, home, show, told
from apps.composition import SERVICES
from eventstore.city import City
from eventstore.database import Database
from eventstore.protection import ClassGroup
from eventstore.sealing.keys import write_master_key
from eventstore.sealing.rewrapping import rewrap


@click.group()
def keys() -> None:
    """Master keys."""


@keys.command()
@city_option
@click.option(
    "--group", "groups", type=click.Choice([*map(str, ClassGroup)]), multiple=True, help="All of them unless named."
)
@as_json
@told
def rotate(city: str, groups: tuple[str, ...], *, as_json: bool) -> None:
    """Draws a new master key per class group. Start the services again, then rewrap; old keys stay in the file."""
    found = City.read(home(), city)
    drawn = {
        str(group): str(write_master_key(found.folder / "keys", group))
        for group in map(ClassGroup, groups or ClassGroup)
    }
    show(drawn, json=as_json, text="\n".join(f"{group}: {key}" for group, key in drawn.items()))


@keys.command("rewrap")
@city_option
@as_json
@told
def rewrap_(city: str, *, as_json: bool) -> None:
    """Wraps every data key anew under the current master keys; what was stopped goes on where it was."""
    found = City.read(home(), city)
    with (
        closing(Database(found.databases["keeper"], connections=1)) as database,
        Progress(console=Console(stderr=True), disable=as_json) as progress,
    ):
        task = progress.add_task("wrapping", total=None)
        done = rewrap(
            database,
            found.master_keys(ClassGroup),
            [service.name for service in SERVICES],
            progress=lambda done, of: progress.update(task, completed=done, total=of),
        )
    show({"wrapped": done}, json=as_json, text=f"{done} data keys are wrapped anew")
