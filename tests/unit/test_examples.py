"""The sample messages are what `wire.md` says a portal sends, and show what `examples/README.md` says."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from unicodedata import normalize
from uuid import UUID

import pytest
from stdnum.jp import cn

from desk.packs import load_pack

REPOSITORY = Path(__file__).parents[2]
FILES = sorted((REPOSITORY / "examples").glob("[0-9]*.json"))
PACK_BY_MUNICIPALITY = {
    pack.municipality_code: pack
    for file in (REPOSITORY / "municipalities").glob("*.toml")
    for pack in [load_pack(file.read_bytes(), origin=file.name)]
}
PROPOSAL_KEYS = {
    "municipality", "kind", "call_id", "title", "summary", "problem", "purposes", "proposer", "contact", "merits",
    "roles", "support_wanted", "period", "place", "cost", "indicators", "track_record", "handles_personal_data",
    "third_party_ip", "confidential", "may_be_published", "pledges", "terms_version", "attachments",
}  # fmt: skip
WRONG_ON_PURPOSE = "12-tokorozawa-many-errors"


def message(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(file.read_bytes())
    return loaded


def example(stem: str) -> Any:
    return message(REPOSITORY / "examples" / f"{stem}.json")["data"]


PROPOSALS = [file for file in FILES if message(file)["type"] == "ProposalSubmitted"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_sample_has_the_envelope_of_a_portals_message(file: Path) -> None:
    sample = message(file)
    assert sample.keys() == {"specversion", "id", "source", "type", "time", "datacontenttype", "data"}
    assert (sample["specversion"], sample["source"]) == ("1.0", "/portals/city-portal")
    assert sample["datacontenttype"] == "application/json"
    assert sample["type"] in {"ProposalSubmitted", "InquirySubmitted"}
    assert UUID(sample["id"]).version == 4
    assert datetime.fromisoformat(sample["time"]).utcoffset() is not None
    assert len(file.read_bytes()) <= 256 * 1024
    assert sample["data"]["municipality"] in PACK_BY_MUNICIPALITY


def test_no_two_samples_share_an_id() -> None:
    assert len({message(file)["id"] for file in FILES}) == len(FILES)


@pytest.mark.parametrize("file", PROPOSALS, ids=lambda file: file.stem)
def test_a_sample_proposal_has_only_fields_that_exist(file: Path) -> None:
    data = message(file)["data"]
    assert data.keys() <= PROPOSAL_KEYS
    assert data["attachments"] == []


@pytest.mark.parametrize(
    "file", [file for file in PROPOSALS if file.stem != WRONG_ON_PURPOSE], ids=lambda file: file.stem
)
def test_a_sample_proposal_pledges_what_its_city_asks_under_the_terms_in_force(file: Path) -> None:
    data = message(file)["data"]
    pack = PACK_BY_MUNICIPALITY[data["municipality"]]
    assert set(data["pledges"]) == pack.required_pledges
    assert data["terms_version"] == pack.terms.version


def test_one_corporate_number_alone_is_wrong() -> None:
    numbers = {file.stem: message(file)["data"]["proposer"].get("corporate_number") for file in PROPOSALS}
    wrong = [stem for stem, number in numbers.items() if number and not cn.is_valid(normalize("NFKC", number))]
    assert wrong == ["11-tokorozawa-wrong-number"]


def test_every_mail_address_is_at_a_domain_kept_for_examples() -> None:
    addresses = [message(file)["data"]["contact"].get("email") for file in FILES]
    given = [address for address in addresses if address and address != "kondo@"]
    assert len(given) >= 8
    assert all(address.endswith((".example.jp", ".example.com", "@example.jp", "@example.com")) for address in given)


def test_the_samples_show_long_texts_line_breaks_emoji_and_full_width_digits() -> None:
    assert len(example("08-tokorozawa-company-long")["summary"]) >= 3000
    assert "\r\n" in example("13-tokorozawa-full-width")["summary"]
    assert "🚌" in example("01-aomori-company")["summary"]
    assert not example("13-tokorozawa-full-width")["proposer"]["corporate_number"].isascii()
    assert len(example("06-aomori-confidential")["confidential"]) == 3


def test_the_readme_lists_every_sample() -> None:
    readme = (REPOSITORY / "examples" / "README.md").read_text(encoding="utf-8")
    assert [file.name for file in FILES if f"`{file.name}`" not in readme] == []
