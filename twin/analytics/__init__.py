"""What the history says: KPIs, costs and carbon, read from the tables of a run. Never imports simulation."""
