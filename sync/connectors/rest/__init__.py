"""Any JSON API, described in a YAML file: see ``declaration.py`` for its words, ``systems/`` for examples."""
