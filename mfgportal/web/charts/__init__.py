"""Figures for plotly.js as plain data: the only package that knows its format."""
