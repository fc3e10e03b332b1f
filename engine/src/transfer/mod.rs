//! Import and export of products and stock, as CSV and JSON Lines.
//!
//! A file is read as a stream in constant memory; each row names a product and usually one variant of it, and says only
//! what it wants different. Reading the same file again changes nothing. A row that is wrong is reported with its line, its
//! field and a reason, and its neighbours are written all the same. A process above the domains: products are written by
//! `catalog`, stock goes through the inventory's journal.

mod amount;
mod export;
mod html;
mod import;
mod mapping;
mod report;
mod row;
mod source;
mod stock;

pub use export::{ExportError, Exported, Pages, export};
pub use import::{ImportError, Options, Progress, Scope, Summary, import};
pub use mapping::{Mapping, MappingError};
pub use report::{Kept, Rejection, Report};
pub use source::Format;
pub use stock::{StockCount, StockDesk, StockLevel, StockSet};
