"""The pages for people: each is one function from a call to a template and its values, or to another address."""
