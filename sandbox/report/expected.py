"""What became of a scenario's expectation, in words: English as the verdict words itself, else from its parts."""

from sandbox.experiment.expectations import Verdict
from sandbox.report.wording import measured, metric_title, say, translated
from sandbox.speech import LANGUAGES, language


def verdict_text(verdict: Verdict) -> str:
    """One line: whether it holds, which metric, the bounds, and what was found."""
    if language() == LANGUAGES[0]:
        return verdict.text
    bounds = " ".join(
        say(f"expectation.{word}", bound=measured(bound, verdict.unit))
        for word, bound in (("least", verdict.min), ("most", verdict.max))
        if bound is not None
    )
    title = metric_title(verdict.metric, sorted(verdict.by.items()))
    holds = say(f"expectation.{'holds' if verdict.holds else 'fails'}")
    return say("expectation.line", holds=holds, title=title, bounds=bounds, found=_found(verdict))


def _found(verdict: Verdict) -> str:
    """The value with its unit, or why there is none."""
    if verdict.value is not None:
        return measured(verdict.value, verdict.unit)
    why = verdict.reason.partition(": ")[2]
    return say("expectation.none", why=translated("empty", why))
