//! Two stores in one process: whatever is asked of one says nothing of the other, and changes nothing there.

mod apart;
mod names;
mod next_door;
mod which;
