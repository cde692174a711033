"""The table of pages: method, path, function."""

from sandbox.page.jobs import Kind
from sandbox.page.pages import chains, comparing, editor, home, job, run, visitor
from sandbox.page.pages.outcomes import Handler

#: Method, path, handler; and whether it may be seen before the room code is given.
PAGES: tuple[tuple[str, str, Handler, bool], ...] = (
    ("GET", "/", home.home, False),
    ("GET", "/editor", editor.editor, False),
    ("POST", "/editor", editor.take_editor, False),
    ("GET", "/runs", home.jobs, False),
    ("POST", "/runs", editor.start_run, False),
    ("GET", "/runs/{id}", job.job_page(Kind.RUN), False),
    ("POST", "/runs/{id}/cancel", job.cancelling(Kind.RUN), False),
    ("GET", "/runs/{id}/report.html", job.report(Kind.RUN), False),
    ("GET", "/runs/{id}/scenario", editor.scenario_of, False),
    ("GET", "/runs/{id}/payments", run.payments, False),
    ("GET", "/runs/{id}/payments/{payment}", run.payment, False),
    ("GET", "/runs/{id}/playback", run.played, False),
    ("GET", "/runs/{id}/chains", chains.chains, False),
    ("GET", "/runs/{id}/chains/{chain}", chains.chain, False),
    ("GET", "/runs/{id}/chains/{chain}/blocks/{height}", chains.block, False),
    ("GET", "/runs/{id}/chains/{chain}/transactions/{number}", chains.transaction, False),
    ("GET", "/runs/{id}/chains/{chain}/balances", chains.balances, False),
    ("GET", "/runs/{id}/chains/{chain}/addresses/{address}", chains.address, False),
    ("GET", "/runs/{id}/search", run.searching, False),
    ("GET", "/compare", comparing.comparing, False),
    ("GET", "/beside", comparing.side_by_side, False),
    ("POST", "/beside", comparing.compare_beside, False),
    ("POST", "/comparisons", comparing.start_comparison, False),
    ("GET", "/comparisons/{id}", job.job_page(Kind.COMPARISON), False),
    ("POST", "/comparisons/{id}/cancel", job.cancelling(Kind.COMPARISON), False),
    ("GET", "/comparisons/{id}/report.html", job.report(Kind.COMPARISON), False),
    ("GET", "/join", visitor.joining, True),
    ("POST", "/join", visitor.join, True),
    ("POST", "/language", visitor.choose_language, True),
)
