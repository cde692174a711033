"""Who may see and stop a job.

On one's own machine, and in a room without teams, everybody sees everything. In a class a team sees what it asked for
itself, what the whole room runs, and shipped scenarios, whose results are the same for all; the teacher sees all.
"""

from dataclasses import dataclass

from sandbox.page.jobs import ROOM, Job


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever sent a request."""

    owner: str
    """Under which name the viewer's jobs stand."""
    sees_all: bool
    stops_all: bool

    def sees(self, job: Job) -> bool:
        """Whether this job is there for the viewer."""
        return self.sees_all or any(each.owner in (self.owner, ROOM) or each.shipped for each in job.askers)

    def may_stop(self, job: Job) -> bool:
        """Whether the viewer may stop it: one's own, unless somebody else waits for it too."""
        return not job.ended and (self.stops_all or (job.owner == self.owner and not job.others))

    def file_of(self, job: Job) -> str:
        """What a run was asked with, in the words that are the viewer's to read: a file's name, or a shipped name."""
        askers = job.askers
        own = (each for each in askers if each.owner == self.owner)
        common = (each for each in askers if each.owner == ROOM or each.shipped)
        return next(own, next(common, askers[0])).files[0]
