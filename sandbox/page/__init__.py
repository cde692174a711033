"""The page: a server on this machine that shows scenarios, runs them, and opens what they left behind.

Two kinds of process. The **server** (:mod:`sandbox.page.server`) answers requests, keeps the queue and never runs
or parses what a visitor wrote. **Workers** (:mod:`sandbox.page.work`, :mod:`sandbox.page.checking`) do, each in a
process of its own with limits. What is finished lies in folders; a server that is killed finds it there again.
"""
