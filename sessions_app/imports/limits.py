"""How big a file may be (reference/files.md §5); over it, a clear refusal."""

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 5_000
MAX_LINE = 20_000  # a row further down than this is a mistake of the sheet
MAX_COLUMNS = 200
MAX_UNPACKED = 20 * 1024 * 1024
MAX_RATIO = 100
MAX_CELL = 500  # characters kept of one cell
MAX_SHEETS = 10

CHILD_MEMORY = 512 * 1024 * 1024
CHILD_CPU_SECONDS = 10
CHILD_SECONDS = 15  # by the wall clock, where the system has no other limit
