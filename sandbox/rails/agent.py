"""Payment agents."""

from sandbox.spec import Spec


class AgentSpec(Spec):
    """Payment agents: nothing to choose; their behaviour is in the parameters ``agent.*``."""
