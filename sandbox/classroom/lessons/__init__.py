"""Lessons as data: text, world, tasks and how each answer follows from the run. See :mod:`sandbox.classroom.lesson`."""
