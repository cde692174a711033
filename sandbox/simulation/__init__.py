"""One run: assemble, run to the horizon, close the journal, audit."""

from sandbox.simulation.run import Interrupted, Run, simulate

__all__ = ["Interrupted", "Run", "simulate"]
