"""Readable SQL views over the files of a journal."""

#: Codes become names by a join on the space they belong to.
_CODE = "LEFT JOIN codes {alias} ON {alias}.space = '{space}' AND {alias}.code = j.{column}"
_ENTITY = "LEFT JOIN entities {alias} ON {alias}.id = j.{column}"


def _code(alias: str, space: str, column: str) -> str:
    return _CODE.format(alias=alias, space=space, column=column)


def _entity(alias: str, column: str) -> str:
    return _ENTITY.format(alias=alias, column=column)


_TRANSITIONS = f"""
SELECT j.seq, j.time, j.payment, a.name AS actor, f.name AS state_left, t.name AS state_entered,
       r.name AS reason, j.amount AS attempt, l.name AS rail
FROM journal j {_entity("a", "actor")} {_code("f", "state", "subject")} {_code("t", "state", "object")}
     {_code("r", "reason", "reason")} {_entity("l", "extra")}
WHERE j.kind = 2
"""

_POSTINGS = f"""
SELECT j.seq, j.time, j.payment, a.name AS actor, j.extra AS entry,
       j.subject AS debit, d.name AS debit_owner, da.role AS debit_role,
       j.object AS credit, c.name AS credit_owner, ca.role AS credit_role,
       s.name AS asset, j.amount, p.name AS purpose
FROM journal j {_entity("a", "actor")}
     LEFT JOIN accounts da ON da.account = j.subject LEFT JOIN entities d ON d.id = da.owner
     LEFT JOIN accounts ca ON ca.account = j.object LEFT JOIN entities c ON c.id = ca.owner
     LEFT JOIN codes s ON s.space = 'asset' AND s.code = da.asset {_code("p", "purpose", "reason")}
WHERE j.kind = 10
"""

_DESKS = f"""
SELECT j.seq, j.time, k.name AS kind, j.payment, a.name AS desk, s.name AS subject, j.amount, j.extra
FROM journal j {_code("k", "kind", "kind")} {_entity("a", "actor")}
     LEFT JOIN entities s ON s.id = j.subject AND j.kind BETWEEN 30 AND 32
WHERE j.kind BETWEEN 30 AND 35
"""

_CHAIN_EVENTS = f"""
SELECT j.seq, j.time, k.name AS kind, j.payment,
       CASE WHEN j.kind = 40 THEN c.name ELSE a.name END AS chain,
       CASE WHEN j.kind = 40 THEN a.name END AS sender,
       j.subject, j.object, j.amount, j.extra
FROM journal j {_code("k", "kind", "kind")} {_entity("a", "actor")}
     LEFT JOIN entities c ON c.id = j.subject AND j.kind = 40
WHERE j.kind BETWEEN 40 AND 47
"""

VIEWS: dict[str, str] = {
    "transitions": _TRANSITIONS,
    "postings": _POSTINGS,
    "desks": _DESKS,
    "chain_events": _CHAIN_EVENTS,
}
"""Name and query of each view; all need the tables journal, entities, accounts and codes."""
