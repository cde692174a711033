"""Orders by API and by form: a run, a comparison, within the bounds of this server."""

import hashlib
import re
from collections.abc import Sequence

from pydantic import BaseModel

from sandbox.page.api.call import Answer, Call
from sandbox.page.asked import ComparisonAsked, RunAsked
from sandbox.page.bodies import json_body
from sandbox.page.clerk import Order, Wanted
from sandbox.page.jobs import Kind
from sandbox.page.refusals import Refusal
from sandbox.report.wording import language

#: Header under which a script may submit the same thing twice and get one job.
KEY_HEADER = "idempotency-key"


_KEY = re.compile(r"^[\x21-\x7e]{1,200}$", re.ASCII)


async def submit_run(call: Call) -> Answer:
    """Ask for a run; 200 for one that was asked for before, by anybody."""
    asked = await json_body(call.request, RunAsked, call.reception.settings.limits.json_depth)
    return await submit(call, Kind.RUN, [asked.wanted()], asked, asked.seed)


async def submit_comparison(call: Call) -> Answer:
    """Ask for a comparison; 200 for one that was asked for before, by anybody."""
    asked = await json_body(call.request, ComparisonAsked, call.reception.settings.limits.json_depth)
    return await compare(call, asked)


async def compare(call: Call, asked: ComparisonAsked) -> Answer:
    """A comparison within the bounds of this server."""
    limits = call.reception.settings.limits
    if len(asked.alternatives) > limits.alternatives or asked.replications > limits.replications:
        raise Refusal(
            422,
            "too_much",
            f"at most {limits.alternatives} alternatives and {limits.replications} replications",
        )
    wanted = [each.wanted() for each in (asked.baseline, *asked.alternatives)]
    return await submit(call, Kind.COMPARISON, wanted, asked, asked.seed, asked.replications)


async def submit(
    call: Call, kind: Kind, wanted: Sequence[Wanted], asked: BaseModel, seed: int, replications: int = 1
) -> Answer:
    """Hand an order to the clerk."""
    key = call.request.headers.get(KEY_HEADER, "")
    if key and not _KEY.match(key):
        raise Refusal(400, "bad_key", "an idempotency key is 1 to 200 printable ASCII characters")
    call.reception.count_submit(call.owner)
    order = Order(
        kind=kind,
        owner=call.owner,
        wanted=tuple(wanted),
        seed=seed,
        replications=replications,
        language=language(),
        key=_digest(key) if key else "",
        request=_digest(asked.model_dump_json()),
    )
    job, new = await call.reception.clerk.submit(order)
    return 202 if new else 200, call.reception.view(job)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
