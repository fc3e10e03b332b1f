//! `search-bench`: how good and how fast the product search is.
//!
//! Beside the product, not in it: it speaks to `search-index` as the shop does, with products from a file of real ones that
//! people judged, or with as many generated ones as are asked for.

mod catalogue;
mod command;
mod contender;
mod judged;
mod measure;
#[cfg(feature = "peers")]
mod peers;
mod plot;
mod table;

use std::process::ExitCode;

use clap::Parser;

/// The server's: documents are made by one thread and let go by another, which allocators take differently well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match command::Command::parse().run() {
        Ok(verdict) => verdict,
        Err(error) => {
            eprintln!("search-bench: {error:#}");
            ExitCode::from(2)
        }
    }
}
