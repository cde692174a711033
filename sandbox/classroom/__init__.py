"""The classroom without a browser: the game "you are the regulator", and the lessons that check themselves.

Whoever plays or learns runs the same simulator as everybody else: a game's quarter and a lesson's example are ordinary
scenarios, and what is scored or checked are their runs' own numbers.
"""
