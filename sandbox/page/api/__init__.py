"""The JSON API: what the page can do, for scripts. ``table`` lists the endpoints; one module for each resource."""
