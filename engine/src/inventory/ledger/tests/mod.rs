//! Stories of one variant, told line by line; see `story`.

mod promises;
mod shelf;
mod story;
