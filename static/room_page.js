// The scripts of the room, in the order in which they listen; collected as one file (pixsurv/lean_static.py).
import "./rows.js";
import "./queue.js";
import "./room.js";
import "./keypad.js";
import "./alarm.js";
import "./attention.js";
import "./awake.js";
