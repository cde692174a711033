"""Assembly: a scenario becomes a world of actors, rails and local chains. It creates, and starts nothing."""

from sandbox.world.assembly import assemble
from sandbox.world.chains import Engines
from sandbox.world.world import World

__all__ = ["Engines", "World", "assemble"]
