//! What is for sale: a tree of categories, brands, and products with their variants; and on what terms: tax classes, shipping,
//! the locations that stock can be at.
//!
//! Text and specifications are the merchant's; what the engine decides by (SKU, price, tax class, limits) is typed.
//! Knows nothing of stock: how many there are is the inventory's.

// --- what things are, and when they are right (pure)
mod attribute;
mod brand;
mod category;
mod field;
mod listing;
mod location;
mod name;
mod offer;
mod picture;
mod price;
mod product;
mod shipping;
mod tax;
mod variant;

// --- how they are kept
mod bulk;
mod change;
mod page;
mod store;

// --- the face
mod error;
mod event;
mod handle;
mod offers;
mod terms;

pub use attribute::{AttributeDefinition, AttributeKind, AttributeValue, Attributes};
pub use brand::{Brand, BrandDraft, BrandPatch};
pub use bulk::{Bulk, BulkChange, BulkOutcome, BulkRow};
pub use category::{Category, CategoryDraft, CategoryPatch};
pub use error::{Error, Thing};
pub use event::{Changed, TOPIC};
pub(crate) use field::Fields;
pub use field::{FieldError, FieldErrors};
pub use handle::Catalog;
pub use listing::{CategoryDetail, CategoryNode, ProductDetail};
pub use location::{Location, LocationDraft, LocationPatch};
pub use name::{Code, NameError, Sku, Slug, Title};
#[cfg(test)]
pub(crate) use offer::sample as sample_offer;
pub use offer::{Offer, PurchaseLimit};
pub use offers::{Cached, OfferRows, Offers};
pub use page::product_page_after;
pub use price::PriceNow;
pub use product::{AvailabilityPolicy, Media, Product, ProductDraft, ProductPatch, ProductStatus, UnknownWord};
pub use shipping::{Shipping, ShippingPatch};
pub use tax::{TaxClass, TaxClassDraft, TaxClassPatch};
pub use terms::{Shop, Shops, Terms};
pub use variant::{SaleDraft, Variant, VariantDraft, VariantPatch};
