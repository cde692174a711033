"""The classroom on the page: one room with teams, a game, lessons, and a teacher who sees them all.

Nobody has an account. Who gives the room code joins a team; who opens the teacher's link is the teacher. What is
decided and answered stands in one small database beside the jobs, so that a restart loses nothing.
"""
