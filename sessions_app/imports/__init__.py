"""Reading the files that a school already has (reference/files.md, decision 0009).

`content` says what the bytes are, `child` opens them in a process of its own, `reading` starts that process,
`headers` finds the columns, `values` reads one cell, `judging` lists what is wrong, `report` compares with the session.
"""
