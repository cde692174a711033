"""What every page of results says about itself, and where the news that inspired the scenarios needs care.

The fact notes correct or sharpen widely repeated reports; each gives the source it rests on.
"""

from dataclasses import dataclass

#: The scope note, shown on every page of results.
SCOPE = (
    "Every firm, bank, dealer, supplier and official in this run is synthetic. Real institutions appear"
    " only as sources of numbers.",
    "This is a laboratory, not a forecast: it shows what follows from stated assumptions, many of them"
    " marked D (assumption without a usable source). A different assumption may reverse a result.",
    "All settlement happened on local test chains made for this run. No public network was contacted and"
    " nothing here can be paid with.",
    "Compliance exposure and enforcement stand beside cost and are never netted against it. Stricter and"
    " looser policies can be tried with the same levers.",
)


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


FACT_NOTES = (
    FactNote(
        "China banned unregistered civilian drones on 1 September 2024",
        "The rule of that date covers drones outside the control lists only where they serve weapons of"
        " mass destruction, terrorism or the military; it names components and ends temporary controls.",
        "Reuters and People's Daily, 31 July 2024",
        "https://ca.finance.yahoo.com/news/china-adjust-drone-export-control-090955410.html",
    ),
    FactNote(
        "The digital ruble becomes general in 2025",
        "The Bank of Russia moved the first duty of the largest banks to 1 September 2026.",
        "TASS, 25 June 2025",
        "https://tass.com/economy/1981119",
    ),
    FactNote(
        "Local banks embrace crypto settlement",
        "The report of December 2024 that such stories go back to says that banks of partner countries are"
        " very cautious.",
        "Reuters, 25 December 2024",
        "https://www.zawya.com/en/world/russia/"
        "russia-is-using-bitcoin-in-foreign-trade-finance-minister-says-pkmky1f8",
    ),
    FactNote(
        "Rostec asked for a second test site on Rusky Island in 2023",
        "The report gives no year; its dates fit September 2022 or September 2024.",
        "Bits.media by way of Bitcoin.com, 12 September, year not given",
        "",
    ),
    FactNote(
        "Crypto payments in foreign trade were legalised in August 2024",
        "Laws 221-FZ and 223-FZ were signed on 8 August 2024; the regime's took effect on 1 September 2024.",
        "Survey of the two laws, August 2024",
        "https://kkmp.legal/news/prezident-podpisal-zakon-o-majninge-i-zakon-ob-epr-v-sfere-cifrovyh-"
        "innovacij-novye-vozmozhnosti-i-otkrytye-voprosy",
    ),
)
