"""A laboratory for cross-border settlement policy: one scenario, one simulated world, one journal."""

__version__ = "0.1.0"
