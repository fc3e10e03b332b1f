//! What is for sale: a tree of categories, brands, and products with their variants.
//!
//! Text and specifications are the merchant's; what the engine decides by (SKU, price, tax class, limits) is typed.
//! Knows nothing of stock: how many there are is the inventory's.

mod attribute;
mod name;
mod offer;
mod offers;
mod price;
mod store;
mod tax;

pub use attribute::{AttributeValue, Attributes};
pub use name::{NameError, Sku, Slug, Title};
pub use offer::{Offer, PurchaseLimit};
pub use offers::{Cached, Offers};
pub use price::PriceNow;
pub use tax::TaxClass;
