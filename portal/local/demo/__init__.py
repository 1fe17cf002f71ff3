"""The demo: an invented company, its people, suppliers and invoices, told through the portal's own services.

`cast` says who there is, `story` what happens to them. Nothing here is written around the services: what the demo
shows is what the portal does.
"""
