"""Banks that grow careful, put together: caution, warnings, refusals, and what foreign banks make of it."""

from collections.abc import Iterable

from sandbox.actors.bank import Bank
from sandbox.actors.derisking import Derisking, draw_appetites
from sandbox.market import PressureIndex
from sandbox.market.caution import Caution
from sandbox.rail import Ground, Rail
from sandbox.rails.correspondent import CorrespondentRail


def derisking(
    ground: Ground, pressure: PressureIndex, banks: Iterable[Bank], rails: Iterable[Rail]
) -> Derisking:
    """Appetites drawn, nobody warned yet; the correspondent rail asks for a warned bank's standing abroad."""
    entities = [bank.entity for bank in banks]
    caution = Caution(ground, entities)
    for rail in rails:
        if isinstance(rail, CorrespondentRail):
            rail.shift_abroad = caution.shift_abroad
    return Derisking(ground, pressure, caution, draw_appetites(ground, len(entities)))
