//! What the paths of the shop name.

use engine::catalog::{Code, Sku, Slug};
use engine::id::{
    AccountId, AddressId, ApiKeyId, AuditId, BrandId, CategoryId, LocationId, ProductId, SearchRuleId, SessionId,
    SynonymId, VariantId,
};
use engine::order::OrderNo;

use super::FromSegment;

macro_rules! segments {
    ($($type:ty = $name:literal, $parse:expr;)*) => {$(
        impl FromSegment for $type {
            const NAME: &'static str = $name;

            fn from_segment(text: &str) -> Option<Self> {
                $parse(text)
            }
        }
    )*};
}

segments! {
    Sku = "sku", |text: &str| Self::parse(text).ok();
    Slug = "slug", |text: &str| Self::parse(text).ok();
    OrderNo = "order_no", |text: &str| text.parse().ok();
    CategoryId = "id", |text: &str| text.parse().ok();
    BrandId = "id", |text: &str| text.parse().ok();
    ProductId = "id", |text: &str| text.parse().ok();
    VariantId = "id", |text: &str| text.parse().ok();
    LocationId = "id", |text: &str| text.parse().ok();
    AuditId = "id", |text: &str| text.parse().ok();
    AccountId = "id", |text: &str| text.parse().ok();
    ApiKeyId = "id", |text: &str| text.parse().ok();
    AddressId = "id", |text: &str| text.parse().ok();
    SessionId = "id", |text: &str| text.parse().ok();
    SynonymId = "id", |text: &str| text.parse().ok();
    SearchRuleId = "id", |text: &str| text.parse().ok();
    Code = "code", |text: &str| Self::parse(text).ok();
}
