//! The private PostgreSQL of the embedded default: found, made, started, kept alive and stopped by this program.

mod account;
mod cluster;
mod install;
mod programs;
mod url;

pub use account::Account;
pub use cluster::{SUPERUSER, initialise};
pub use programs::{OLDEST_VERSION, Programs, ProgramsError};
pub use url::socket_url;
