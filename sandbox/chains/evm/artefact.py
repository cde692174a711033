"""Compiled contracts by name, as ``contracts/compile.py`` wrote them, in a checkout or an installed wheel."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

_CHECKOUT = Path(__file__).resolve().parents[3] / "contracts" / "compiled"


@dataclass(frozen=True, slots=True)
class Artefact:
    """One compiled contract."""

    name: str
    """File name of the source without its ending."""
    abi: list[dict[str, Any]]
    """The interface, as the compiler gives it."""
    bytecode: bytes
    """Code that deploys the contract, without constructor arguments."""
    storage_layout: dict[str, dict[str, Any]]
    """State variable to its first slot, number of slots and type."""
    writes: dict[str, list[str]]
    """Function to the storage it may change (see :mod:`sandbox.chains.evm.writes`)."""
    calls: dict[str, list[str]]
    """Function to the functions of other contracts it may call."""
    compiler: str
    """Compiler and version."""
    source_sha256: str
    """Digest of the source text."""

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Artefact":
        """An artefact from the document that ``contracts/compile.py`` makes."""
        return cls(
            name=document["name"],
            abi=document["abi"],
            bytecode=bytes.fromhex(document["bytecode"].removeprefix("0x")),
            storage_layout=document["storage_layout"],
            writes=document["writes"],
            calls=document["calls"],
            compiler=document["compiler"],
            source_sha256=document["source_sha256"],
        )


@cache
def artefact(name: str) -> Artefact:
    """The compiled contract called ``name`` ("usdt", "digital_ruble", "dfa").

    Raises LookupError naming the contracts that exist.
    """
    folder = files("sandbox") / "_contracts" / "compiled"
    found = folder if folder.is_dir() else _CHECKOUT
    known = sorted(
        entry.name.removesuffix(".json") for entry in found.iterdir() if entry.name.endswith(".json")
    )
    if name not in known:
        raise LookupError(f"no contract {name!r}; there are {', '.join(known)}")
    return Artefact.from_json(json.loads((found / f"{name}.json").read_text(encoding="utf-8")))
