"""The quick view of an enumeration names the same members, and cannot go out of step with it."""

from enum import IntEnum

import pytest

from sandbox.codes import quick
from sandbox.journal.kinds import Kind, Purpose, QuickKind, QuickPurpose
from sandbox.lifecycle import QuickState, State


@pytest.mark.parametrize(("codes", "view"), [(State, QuickState), (Kind, QuickKind), (Purpose, QuickPurpose)])
def test_every_member_is_the_same_object(codes: type[IntEnum], view: type[IntEnum]) -> None:
    assert {name: getattr(view, name) for name in codes.__members__} == dict(codes.__members__)
    assert all(getattr(view, name) is member for name, member in codes.__members__.items())


def test_a_name_that_is_no_member_is_missing() -> None:
    class Colour(IntEnum):
        RED = 1

    view = quick(Colour)
    assert view.RED is Colour.RED
    with pytest.raises(AttributeError):
        _ = view.BLUE  # type: ignore[attr-defined]  # that is the point
