"""A whole portal of real processes, a misbehaving network in front of its sources, and what must hold."""
