"""The application desk's finding: a share of firms is found unfit, and the same firm is found so everywhere."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.actors.application_desk import Agencies, ApplicationDesk
from sandbox.clock import ALWAYS
from sandbox.desk import Desk
from sandbox.population import Importer
from sandbox.rail import Ground

FIRMS = [Importer(n, n, 1.0, "civil", 0, (0,)) for n in range(1_000)]


def unfit(base: Ground) -> set[int]:
    """Firms that a desk of nobody's waiting finds unfit."""
    desk = Desk(base, "desk/applications", None, ALWAYS)
    reviewer = ApplicationDesk(base, desk, ALWAYS, FIRMS, Agencies(count=0))
    found: set[int] = set()

    def review(firm: Importer) -> Any:
        if not (yield from reviewer.review(firm)):
            found.add(firm.index)

    for firm in FIRMS:
        base.env.process(review(firm))
    base.env.run()
    return found


@pytest.mark.parametrize(("share", "fewest", "most"), [(0.0, 0, 0), (0.1, 70, 130), (1.0, 1_000, 1_000)])
def test_the_share_found_unfit_is_the_parameter(
    ground: Callable[..., Ground], share: float, fewest: int, most: int
) -> None:
    """Within three standard deviations of a thousand firms."""
    assert fewest <= len(unfit(ground(regulator__p_reject_application=share))) <= most


def test_a_stricter_desk_refuses_whom_a_milder_one_refuses(ground: Callable[..., Ground]) -> None:
    """A firm's luck is its own: worlds that differ in strictness alone are compared firm by firm."""
    mild, strict = (unfit(ground(regulator__p_reject_application=share)) for share in (0.1, 0.3))
    assert mild < strict
