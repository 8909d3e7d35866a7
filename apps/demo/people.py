"""The people of a city hall, each with a staff tool of their own, registered when the story first needs them."""

from contextlib import ExitStack, closing

from apps.demo.staff import StaffTool
from apps.provisioning.staff import issue_token, register_staff
from desk.packs import Pack
from desk.packs.sections import Code
from eventstore.city import City


class People:
    """Those whom the story knows in one city."""

    def __init__(self, city: City, pack: Pack) -> None:
        self._city = city
        self._pack = pack
        self._tools = ExitStack()
        self._of: dict[str, StaffTool] = {}

    def of(self, department: str) -> StaffTool:
        """The staff tool of who acts for a department, always the same person's. department: a code of the pack."""
        if department not in self._of:
            self._of[department] = self.new(f"{self.name_of(department)} 担当者", "department_officer", department)
        return self._of[department]

    def new(self, name: str, role: str, department: str | None = None) -> StaffTool:
        """The staff tool of somebody new. department: the desk's own, which the pack names first, unless given."""
        person = register_staff(self._city, name, department or next(iter(self._pack.departments)), (role,))
        tool = StaffTool(self._city.brokers["staff"], person, issue_token(self._city, person))
        return self._tools.enter_context(closing(tool))

    def name_of(self, department: str) -> str:
        """What a department is called."""
        return self._pack.departments[Code(department)].name

    def close(self) -> None:
        """Closes everybody's connection."""
        self._tools.close()
