"""Assembly: a scenario becomes a world of actors, rails and local chains. It creates, and starts nothing."""

from sandbox.world.assembly import World, assemble
from sandbox.world.chains import Engines

__all__ = ["Engines", "World", "assemble"]
