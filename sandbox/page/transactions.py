"""One transaction of a chain: its identity, what it called, what the contracts told, and what it moved."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pyarrow.parquet as pq

from sandbox.journal.kinds import Kind
from sandbox.money import Asset, format_units
from sandbox.page.chain_book import chain_entity, movements_of, payment_name
from sandbox.page.opened import Opened
from sandbox.page.refusals import Refusal
from sandbox.report.facts import SENTENCES, Record

#: Contracts whose events can be told by name.
_CONTRACTS = ("usdt", "digital_ruble", "dfa", "escrow")


def transaction(opened: Opened, chain: str, number: int) -> dict[str, Any]:
    """One transaction: its identity and fields, what the journal says of it, and what it moved."""
    entity = chain_entity(opened, chain)
    rows = opened.run.rows(
        f"""select seq, "time", kind, reason, payment, actor, subject, object, amount, extra from journal
        where extra = ? and ((kind = {Kind.BROADCAST:d} and subject = ?)
            or (kind in ({Kind.INCLUDED:d}, {Kind.FINAL:d}, {Kind.REORGED:d}, {Kind.CONFLICTED:d}) and actor = ?))
        order by seq""",
        [number, entity, entity],
    )
    records = [Record(*map(int, row)) for row in rows]
    kept = _kept(opened, chain, number)
    if not records and not kept:
        raise Refusal(404, "no_transaction", "this chain has no such transaction")
    payment = next((row.payment for row in records if row.payment >= 0), -1)
    movements = [
        move for row in records if row.kind == Kind.INCLUDED for move in movements_of(opened, entity, row.seq)
    ]
    return {
        "chain": chain,
        "transaction": number,
        "payment": payment_name(payment),
        **_described(opened, kept),
        "events": [
            {
                "when": opened.names.when(row.time),
                "kind": Kind(row.kind).name,
                "text": SENTENCES[row.kind](row, opened.names),
            }
            for row in records
        ],
        "movements": movements,
    }


def _kept(opened: Opened, chain: str, number: int) -> dict[str, Any]:
    """The transaction's row in the table that the run kept; empty where there is none."""
    path = opened.run.chain_table(f"chain/{chain}")
    if path is None:
        return {}
    rows = pq.read_table(path, filters=[("number", "=", number)]).to_pylist()
    return dict(rows[0]) if rows else {}


def _described(opened: Opened, kept: dict[str, Any]) -> dict[str, Any]:
    """Hash, fields and decoded content of a kept transaction."""
    if not kept:
        return {"hash": None, "fields": [], "outputs": [], "told": [], "raw": None}
    if "raw" in kept:
        return _bitcoin(opened, kept)
    return _evm(opened, kept)


def evm_hash(kept: Mapping[str, Any]) -> str:
    """The hash of a kept EVM transaction: signed again, since signing all of them would cost more than the run."""
    from sandbox.chains.evm.accounts import hash_of_call

    return hash_of_call(
        kept["signer"],
        nonce=kept["nonce"],
        gas_limit=kept["gas_limit"],
        gas_price=kept["gas_price"],
        to=kept["to"],
        data=kept["data"],
    )


def _evm(opened: Opened, kept: dict[str, Any]) -> dict[str, Any]:
    owners = owners_of(opened)
    arguments = [
        f"{part} ({owners[part]})" if part in owners else part for part in kept["arguments"].split(", ")
    ]
    names = ("signer", "sender", "to", "nonce", "gas_limit", "gas_price", "gas_used", "reason")
    fields = [["function", f"{kept['function']}({', '.join(arguments)})"]]
    fields += [[name.replace("_", " "), str(kept[name])] for name in names if kept[name] not in (None, "")]
    return {
        "hash": evm_hash(kept),
        "fields": fields,
        "outputs": [],
        "told": _told(kept.get("logs") or b"", owners),
        "raw": f"0x{kept['data'].hex()}",
    }


def _told(packed: bytes, owners: Mapping[str, str]) -> list[dict[str, Any]]:
    """The events that the contracts told, decoded; one that none of ours declares is shown by its topic."""
    from eth_utils.address import to_checksum_address

    from sandbox.chains.evm.records import unpack_logs

    found = []
    for address, topics, data in unpack_logs(packed):
        event = _known_events().get(topics[0]) if topics else None
        arguments = event.arguments(topics[1:], data) if event else {"data": f"0x{data.hex()}"}
        shown = []
        for name, value in arguments.items():
            text = f"0x{value.hex()}" if isinstance(value, bytes) else str(value)
            shown.append({"name": name, "value": text, "owner": owners.get(text, "")})
        named = event.name if event else f"0x{topics[0].hex()}" if topics else ""
        found.append({"contract": to_checksum_address(address), "event": named, "arguments": shown})
    return found


@cache
def _known_events() -> Mapping[bytes, Any]:
    """Topic -> event, over all contracts of the sandbox."""
    from sandbox.chains.evm.abi import Interface
    from sandbox.chains.evm.artefact import artefact

    found: dict[bytes, Any] = {}
    for name in _CONTRACTS:
        found |= Interface(artefact(name).abi).events
    return found


def _bitcoin(opened: Opened, kept: dict[str, Any]) -> dict[str, Any]:
    from sandbox.chains.bitcoin.bech32 import address_of
    from sandbox.chains.bitcoin.script import is_p2wpkh
    from sandbox.chains.bitcoin.transaction import BitcoinTransaction

    owners = owners_of(opened)
    parsed = BitcoinTransaction.parse(bytes.fromhex(kept["raw"]))
    outputs = []
    for place, output in enumerate(parsed.outputs):
        address = address_of(output.script[2:]) if is_p2wpkh(output.script) else ""
        amount = format_units(output.sats, Asset.BTC)
        outputs.append(
            {"index": place, "address": address, "owner": owners.get(address, ""), "amount": amount}
        )
    fields = [
        ["status", str(kept["status"])],
        ["inputs", str(len(parsed.inputs))],
        ["virtual size", f"{parsed.vsize} vbytes"],
        ["fee", f"{kept['fee_sats']:,} satoshi"],
    ]
    return {"hash": kept["hash"], "fields": fields, "outputs": outputs, "told": [], "raw": kept["raw"]}


def owners_of(opened: Opened) -> dict[str, str]:
    """Address -> who holds it."""
    return {facts.address: facts.owner for facts in opened.names.accounts.values() if facts.address}
