"""What happened: the append-only journal of a run, its writer, its reader, its export."""

from sandbox.journal.kinds import Kind, Purpose
from sandbox.journal.records import RECORD
from sandbox.journal.writer import Journal, JournalClosed, Listener, Records, names_of

__all__ = ["RECORD", "Journal", "JournalClosed", "Kind", "Listener", "Purpose", "Records", "names_of"]
