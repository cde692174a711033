"""What the states of a payment are called on the page."""

from sandbox.report.wording import say


def state_name(state: str) -> str:
    """What a state is called."""
    return say(f"state.{state}", otherwise=state.replace("_", " ").lower())
