//! What is for sale: a tree of categories, brands, and products with their variants.
//!
//! Text and specifications are the merchant's; what the engine decides by (SKU, price, tax class, limits) is typed.
//! Knows nothing of stock: how many there are is the inventory's.

// --- what things are, and when they are right (pure)
mod attribute;
mod brand;
mod category;
mod field;
mod listing;
mod name;
mod offer;
mod price;
mod product;
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

pub use attribute::{AttributeDefinition, AttributeKind, AttributeValue, Attributes};
pub use brand::{Brand, BrandDraft, BrandPatch};
pub use bulk::{Bulk, BulkChange, BulkOutcome, BulkRow};
pub use category::{Category, CategoryDraft, CategoryPatch};
pub use error::{Error, Thing};
pub use event::{Changed, TOPIC};
pub use field::{FieldError, FieldErrors};
pub use handle::Catalog;
pub use listing::{CategoryDetail, CategoryNode, ProductDetail};
pub use name::{NameError, Sku, Slug, Title};
pub use offer::{Offer, PurchaseLimit};
pub use offers::{Cached, Offers};
pub use page::product_page_after;
pub use price::PriceNow;
pub use product::{AvailabilityPolicy, Media, Product, ProductDraft, ProductPatch, ProductStatus, UnknownWord};
pub use tax::TaxClass;
pub use variant::{SaleDraft, Variant, VariantDraft, VariantPatch};
