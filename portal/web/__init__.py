"""The screen kit: what every page of every feature is made with.

Words: *page* (a route with its permission, inside one transaction), *answer* (draw a form, or act and go on),
*parked form* (what was typed when the session ended, kept until the person signs in again), *once key* (a hidden
value that makes a double click one act).
Invariant: every route is made by `page.page` and so has a permission, or says that it is public.
"""
