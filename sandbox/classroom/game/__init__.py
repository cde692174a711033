"""You are the regulator: eight quarters, a few levers, events that nobody announced, and published objectives.

The player's decisions so far become one scenario text (:mod:`~sandbox.classroom.game.scenario`); running it gives the
last quarter's numbers; :mod:`~sandbox.classroom.game.objectives` turns those into points.
"""
