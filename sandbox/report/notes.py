"""What every page of results says about itself, and where the news that inspired the scenarios needs care.

The fact notes correct or sharpen widely repeated reports; each gives the source it rests on. The words stand in
the catalogue under ``scope`` and ``note``.
"""

from dataclasses import dataclass

from sandbox.report.wording import say


@dataclass(frozen=True, slots=True)
class FactNote:
    """One point where a widely repeated report needs care."""

    claim: str
    """What is often said."""
    note: str
    """What the better source says."""
    source: str
    url: str
    """Empty where no page is cited."""


_SCOPE = ("synthetic", "laboratory", "local", "beside")

#: Notes in their order, with the page that each rests on.
_NOTES = {
    "drones": "https://ca.finance.yahoo.com/news/china-adjust-drone-export-control-090955410.html",
    "digital_ruble": "https://tass.com/economy/1981119",
    "banks": "https://www.zawya.com/en/world/russia/"
    "russia-is-using-bitcoin-in-foreign-trade-finance-minister-says-pkmky1f8",
    "island": "",
    "law": "https://kkmp.legal/news/prezident-podpisal-zakon-o-majninge-i-zakon-ob-epr-v-sfere-cifrovyh-"
    "innovacij-novye-vozmozhnosti-i-otkrytye-voprosy",
}


def scope() -> tuple[str, ...]:
    """The scope note, shown on every page of results."""
    return tuple(say(f"scope.{name}") for name in _SCOPE)


def fact_notes() -> tuple[FactNote, ...]:
    """All fact notes."""
    return tuple(
        FactNote(say(f"note.{name}.claim"), say(f"note.{name}.note"), say(f"note.{name}.source"), url)
        for name, url in _NOTES.items()
    )
