"""How the portal is put together: what stands in the tables of the wiring."""
