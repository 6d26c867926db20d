"""Every address of the project, in a world where each leads somewhere, and who may go there.

`world.build()` makes two schools with something behind every address. `cast` gives each person what his browser holds.
`table.ROWS` has one row for every pattern of the resolver: `test_table.py` fails for a pattern without a row, and for a
row without a pattern. Three walks read the table: who may (`test_access.py`), what every answer carries
(`test_headers.py`), what is refused without a token (`test_csrf.py`).

How to add a row
----------------
1. Find the area in `table.py` (one `Area` an URL file); it says who may, and which objects its addresses name.
2. Write `row("name")`. Methods default to GET; say `POST` or `BOTH` for others.
3. The arguments of the address are taken by their names from `world.of[place]`; where a page wants another object, name
   it: `row("alert", BOTH, candidate_id="alerted")`. A new kind of object is made in `world*.py`, for our school and
   for the other one.
4. Who may, where it differs from the area: `who=KEEPER`, or for one person `but={"secretariat": IN}`.
5. `body=` when an empty POST would not be read, `query=` when the address needs one, `kind=` when the answer to a GET
   is no page (`FILE`, `FRAGMENT`, `ACT`, `DATA`).

For a walk through the pages in a browser, in the process that serves them (`live_server`): `world = build()`, then
`browsers = cast.sign_everybody_in(world)`; `table.pages_of(world, member)` gives (name, address) of every page that the
member may open, `cast.cookies_of(browsers[member])` the cookies that his browser must hold.
"""
