"""Assembly: a scenario becomes a world of actors, rails and local chains. It creates and connects; it starts nothing."""

from sandbox.world.assembly import Engines, World, assemble

__all__ = ["Engines", "World", "assemble"]
