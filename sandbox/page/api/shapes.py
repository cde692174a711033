"""What the API answers, as JSON Schema: a name for each document, used by the table of endpoints and by OpenAPI.

Every field that is named is always there. More may come with a later version: read what you know.
"""

from typing import Any

Shape = dict[str, Any]

TEXT: Shape = {"type": "string"}
WHOLE: Shape = {"type": "integer"}
FLAG: Shape = {"type": "boolean"}
#: A title or a question by language; empty where the author gave none.
BY_LANGUAGE: Shape = {"type": "object", "additionalProperties": TEXT}


def document(**fields: Shape) -> Shape:
    """An object with these fields."""
    return {"type": "object", "required": list(fields), "properties": fields}


def many(each: Shape) -> Shape:
    """A list."""
    return {"type": "array", "items": each}


def perhaps(shape: Shape) -> Shape:
    """The same, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def named(name: str) -> Shape:
    """Another of these shapes."""
    return {"$ref": f"#/components/schemas/{name}"}


_ARM = document(name=TEXT, title=BY_LANGUAGE, hash=TEXT)
_PART = {"total": WHOLE, "offset": WHOLE, "limit": WHOLE}
_TABLE = document(
    caption=TEXT,
    headings=many(TEXT),
    rows=many(many(TEXT)),
    row_metrics=many(TEXT),
    heading_metrics=many(TEXT),
)
_BLOCK = {"height": WHOLE, "when": TEXT, "transactions": WHOLE, "dropped": FLAG}
_SHIPPED = {"name": TEXT, "title": BY_LANGUAGE, "question": BY_LANGUAGE, "days": WHOLE, "compare_to": TEXT}
_PAIRS = many(many(TEXT))
_SOMETHING: Shape = {"type": "object"}

SHAPES: dict[str, Shape] = {
    "Anything": _SOMETHING,
    "ShippedScenario": document(**_SHIPPED),
    "ShippedScenarioText": document(**_SHIPPED, text=TEXT),
    "ShippedScenarios": document(scenarios=many(named("ShippedScenario"))),
    "Fault": document(
        file=TEXT, line=WHOLE, column=WHOLE, severity=TEXT, code=TEXT, path=TEXT, message=TEXT, hint=TEXT
    ),
    "Checked": document(valid=FLAG, faults=many(named("Fault"))),
    "Completions": document(
        schema=TEXT,
        path=TEXT,
        hint=TEXT,
        typed=WHOLE,
        options=many(document(text=TEXT, label=TEXT, detail=TEXT)),
    ),
    "Job": document(
        id={"type": "string", "pattern": "^[0-9a-f]{32}$"},
        kind={"enum": ["run", "comparison"]},
        name=TEXT,
        title=BY_LANGUAGE,
        question=BY_LANGUAGE,
        arms=many(_ARM),
        seed=WHOLE,
        replications=WHOLE,
        state={"enum": ["waiting", "running", "complete", "invalid", "failed", "cancelled", "interrupted"]},
        message=TEXT,
        ended=FLAG,
        before=perhaps(WHOLE),
        progress=perhaps(document(done=WHOLE, of=WHOLE, count=WHOLE)),
    ),
    "Runs": document(**_PART, runs=many(named("Job"))),
    "Comparisons": document(**_PART, comparisons=many(named("Job"))),
    "Table": _TABLE,
    "Result": document(
        schema=TEXT,
        answer=many(TEXT),
        tables={"type": "object", "additionalProperties": named("Table")},
        charts=many(document(name=TEXT, title=TEXT, lead=TEXT, figure=_SOMETHING, table=named("Table"))),
        expectations=many(document(text=TEXT, holds=perhaps(FLAG))),
        method=_PAIRS,
        command=TEXT,
    ),
    "Metrics": document(
        metrics=many(
            document(
                name=TEXT,
                by=_SOMETHING,
                value=perhaps({"type": "number"}),
                n=perhaps(WHOLE),
                unit=TEXT,
                family=TEXT,
                definition=TEXT,
                direction=TEXT,
                standard=TEXT,
                sql=TEXT,
                reason=perhaps(TEXT),
            )
        )
    ),
    "Beside": document(
        first=named("Job"),
        second=named("Job"),
        tables={"type": "object", "additionalProperties": named("Table")},
    ),
    "Payments": document(
        **_PART,
        rails=many(document(name=TEXT, label=TEXT)),
        endings=many(TEXT),
        payments=many(
            document(
                payment=TEXT,
                created=TEXT,
                importer=TEXT,
                beneficiary=TEXT,
                goods=TEXT,
                country=TEXT,
                value=TEXT,
                usd_cents=WHOLE,
                rail=TEXT,
                rail_label=TEXT,
                ending=TEXT,
                ending_label=TEXT,
                attempts=WHOLE,
                seconds=perhaps(WHOLE),
                took=TEXT,
            )
        ),
    ),
    "Story": document(
        schema=TEXT,
        payment=TEXT,
        header=_PAIRS,
        steps=many(
            document(attempt=WHOLE, state=TEXT, second=WHOLE, entered=TEXT, decided_by=TEXT, facts=many(TEXT))
        ),
        charges=many(_SOMETHING),
        money=many(document(purpose=TEXT, postings=many(TEXT))),
        proofs=many(_SOMETHING),
        ended=FLAG,
        ending=TEXT,
        before=perhaps(TEXT),
        after=perhaps(TEXT),
    ),
    "Film": document(
        schema=TEXT,
        since=WHOLE,
        until=WHOLE,
        next=perhaps(WHOLE),
        before=perhaps(WHOLE),
        horizon=WHOLE,
        states=_SOMETHING,
        rails=many(TEXT),
        ended={"type": "object", "additionalProperties": WHOLE},
        left_out=WHOLE,
        standing=many(many(WHOLE)),
        moves=many(many(WHOLE)),
    ),
    "Chains": document(
        chains=many(document(chain=TEXT, height=WHOLE, blocks=WHOLE, inclusions=WHOLE, reorganisations=WHOLE))
    ),
    "Blocks": document(chain=TEXT, **_PART, blocks=many(document(**_BLOCK))),
    "Block": document(chain=TEXT, height=WHOLE, versions=many(document(**_BLOCK, included=many(_SOMETHING)))),
    "Transaction": document(
        chain=TEXT,
        transaction=WHOLE,
        payment=perhaps(TEXT),
        hash=TEXT,
        fields=_PAIRS,
        outputs=many(document(index=WHOLE, address=TEXT, owner=TEXT, amount=TEXT)),
        told=many(
            document(contract=TEXT, event=TEXT, arguments=many(document(name=TEXT, value=TEXT, owner=TEXT)))
        ),
        raw=TEXT,
        events=many(document(when=TEXT, kind=TEXT, text=TEXT)),
        movements=many(_SOMETHING),
    ),
    "Balances": document(
        chain=TEXT,
        accounts=many(
            document(
                account=WHOLE, owner=TEXT, role=TEXT, asset=TEXT, address=TEXT, units=WHOLE, balance=TEXT
            )
        ),
    ),
    "Address": document(
        chain=TEXT,
        address=TEXT,
        owner=TEXT,
        role=TEXT,
        units=WHOLE,
        balance=TEXT,
        **_PART,
        movements=many(_SOMETHING),
    ),
    "Found": document(
        query=TEXT, found=many(document(kind={"enum": ["payment", "block", "transaction", "address"]}))
    ),
}
