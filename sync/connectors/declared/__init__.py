"""Records described as data: what turns any row of names and values into typed records.

Shared by the connectors whose sources are declared in a file. A declaration only names values, constants
and transforms of ours; nothing in it is run.
"""
