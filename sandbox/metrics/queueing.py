"""Queueing: how long work waits at each desk, how busy it is, and whether the account of it adds up.

Little's law ties three numbers that are measured in different ways here: the time-averaged number present
comes from entries and exits, the time spent from the services themselves. Their residual is printed per desk.
"""

from sandbox.journal.kinds import Kind
from sandbox.metrics.measured import Metric

_NO_DESK = "no desk served anything in the observed window"

_WINDOW = "time >= observed_from AND time < observed_until"
_REMAINING = "greatest(0, observed_until - greatest(time, observed_from))"

_TOTALS = f"""WITH totals AS (
    SELECT desk, any_value(observed_until - observed_from) AS span,
           count(*) FILTER (kind = {Kind.DESK_ENTERED:d} AND {_WINDOW}) AS entered,
           count(*) FILTER (kind = {Kind.DESK_STARTED:d} AND {_WINDOW}) AS started,
           count(*) FILTER (kind = {Kind.DESK_FINISHED:d} AND {_WINDOW}) AS finished,
           sum(extra) FILTER (kind = {Kind.DESK_STARTED:d} AND {_WINDOW}) AS waited_seconds,
           sum(amount) FILTER (kind = {Kind.DESK_STARTED:d} AND {_WINDOW}) AS work_seconds,
           sum(extra) FILTER (kind = {Kind.DESK_FINISHED:d} AND {_WINDOW}) AS served_seconds,
           max(extra) FILTER (kind = {Kind.DESK_ENTERED:d} AND {_WINDOW}) AS longest,
           sum(CASE kind WHEN {Kind.DESK_ENTERED:d} THEN {_REMAINING}
               WHEN {Kind.DESK_FINISHED:d} THEN -{_REMAINING} ELSE 0 END) AS present_seconds,
           sum(CASE kind WHEN {Kind.DESK_ENTERED:d} THEN {_REMAINING}
               WHEN {Kind.DESK_STARTED:d} THEN -{_REMAINING} ELSE 0 END) AS queued_seconds
    FROM desk_events, facts GROUP BY desk)"""

_CAPACITY = f"""{_TOTALS},
staffing AS (
    SELECT desk, amount AS servers, time AS since,
           lead(time, 1, horizon) OVER (PARTITION BY desk ORDER BY time, extra) AS until
    FROM desk_events, facts WHERE kind = {Kind.DESK_OPENED:d}),
capacity AS (
    SELECT desk, CASE WHEN min(servers) >= 0 THEN sum(servers * greatest(0, least(until, observed_until)
           - greatest(since, observed_from))) END AS server_seconds
    FROM staffing, facts GROUP BY desk)"""

METRICS = (
    Metric(
        name="desk_wait_mean",
        family="queueing",
        unit="h",
        definition="mean seconds from joining a desk's queue to the start of service / 3600, over services "
        "started in the observed window",
        direction="lower",
        empty=_NO_DESK,
        sql=f"""{_TOTALS}
SELECT desk, waited_seconds / (3600.0 * nullif(started, 0)) AS value, started AS n FROM totals""",
    ),
    Metric(
        name="desk_wait_p95",
        family="queueing",
        unit="h",
        definition="95% quantile (linear between order statistics) of the same waits",
        direction="lower",
        empty=_NO_DESK,
        sql=f"""SELECT desk, quantile_cont(extra, 0.95) / 3600.0 AS value, count(*) AS n
FROM desk_events, facts WHERE kind = {Kind.DESK_STARTED:d} AND {_WINDOW} GROUP BY desk""",
    ),
    Metric(
        name="desk_utilisation",
        family="queueing",
        unit="ratio",
        definition="working seconds of services started in the observed window / (time-averaged servers x "
        "the desk's opening seconds in the window); work begun in the window counts whole, so that a short window "
        "or servers who leave can bring it above 1",
        empty="the desk has no limit on servers, or no staffing was journalled",
        sql=f"""{_CAPACITY}
SELECT t.desk, coalesce(work_seconds, 0) / nullif(server_seconds * (coalesce(h.open_seconds, span) / span), 0)
       AS value, started AS n
FROM totals t LEFT JOIN capacity USING (desk) LEFT JOIN desk_hours h USING (desk)""",
    ),
    Metric(
        name="desk_number_mean",
        family="queueing",
        unit="items",
        definition="time average over the observed window of items waiting or in service",
        empty=_NO_DESK,
        sql=f"{_TOTALS}\nSELECT desk, present_seconds / span AS value, entered AS n FROM totals",
    ),
    Metric(
        name="desk_queue_mean",
        family="queueing",
        unit="items",
        definition="time average over the observed window of items waiting for service to start",
        direction="lower",
        empty=_NO_DESK,
        sql=f"{_TOTALS}\nSELECT desk, queued_seconds / span AS value, entered AS n FROM totals",
    ),
    Metric(
        name="desk_backlog_max",
        family="queueing",
        unit="items",
        definition="longest queue met on joining it in the observed window",
        direction="lower",
        empty="nothing joined the desk's queue in the observed window",
        sql=f"{_TOTALS}\nSELECT desk, longest AS value, entered AS n FROM totals",
    ),
    Metric(
        name="desk_little_residual",
        family="queueing",
        unit="ratio",
        definition="|L - lambda W| / L: L time-averaged number present, lambda entries per second, W mean "
        "wait of services started plus mean service of those finished, all in the observed "
        "window; edges of the window make it differ from zero",
        standard="Little (1961)",
        empty="nobody was present at the desk, or no service was finished, in the observed window",
        sql=f"""{_TOTALS}
SELECT desk, abs(present_seconds / span - entered / span * (waited_seconds / nullif(started, 0)
       + served_seconds / nullif(finished, 0))) / nullif(present_seconds / span, 0) AS value, entered AS n
FROM totals""",
    ),
)
