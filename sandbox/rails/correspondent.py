"""Correspondent banking."""

from sandbox.spec import Spec


class CorrespondentSpec(Spec):
    """Correspondent banking: nothing to choose; its behaviour is in the parameters ``correspondent.*``."""
