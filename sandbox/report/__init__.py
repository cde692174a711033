"""What a run is told as: one page, one comparison, one payment's story, a table on a terminal.

Reads run folders only. ``assemble`` builds pages, ``explain`` tells payments, ``terminal`` prints tables; they
are imported where they are used, because charts are slow to import.
"""
