"""CSV and XLSX files that other systems drop into a folder: see ``declaration.py`` and ``systems/``."""
