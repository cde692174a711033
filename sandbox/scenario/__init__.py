"""Scenarios and parameters: from a YAML text to a frozen model, or to faults with file, line and column.

Read `load` first; it goes through the others in this order: `extends` (with `guard`, `reading`, `scalars`,
`forbidden` for each file), `overrides`, `validation` (with `shape`, `nearest`), `parameters` (with
`entries`), `canonical`. `tree` keeps the place of every value, `faults` says what is wrong with it.
"""
