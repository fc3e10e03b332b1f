//! What shoppers do. Each scenario reads like a customer.

mod browse;
mod flash_sale;
mod goods;
mod mixed;
mod recording;

pub(crate) use browse::{Browse, Shelf};
pub(crate) use flash_sale::{FlashSale, Notes, claim_of};
pub(crate) use goods::Stall;
pub(crate) use mixed::Mixed;
