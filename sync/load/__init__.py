"""The only writer of kpis' facts and masters."""
