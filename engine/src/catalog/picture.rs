//! PURE. How things of the catalogue look in the audit trail: their fields in plain words, and which of them are different.

use serde::Serialize;
use serde_json::{Map, Value};

use super::brand::Brand;
use super::category::Category;
use super::location::Location;
use super::product::Product;
use super::shipping::Shipping;
use super::tax::TaxClass;
use super::variant::Variant;

/// A thing that the trail tells of.
pub(super) trait Pictured {
    /// What the trail calls its kind.
    const KIND: &'static str;

    /// The id or the name by which staff know it.
    fn key(&self) -> String;

    fn picture(&self) -> Map<String, Value>;

    /// What is different, as it was and as it is. Fields are compared before they are shown, for a batch of an import
    /// changes five hundred things in a little of each.
    fn difference(&self, after: &Self) -> (Map<String, Value>, Map<String, Value>);
}

macro_rules! pictured {
    ($thing:ident as $kind:literal, known by $key:expr, $it:ident => { $($name:literal: $value:expr,)* }) => {
        impl Pictured for $thing {
            const KIND: &'static str = $kind;

            fn key(&self) -> String {
                let key: fn(&Self) -> String = $key;
                key(self)
            }

            fn picture(&self) -> Map<String, Value> {
                let $it = self;
                [$(($name.to_owned(), shown($value)),)*].into_iter().collect()
            }

            fn difference(&self, after: &Self) -> (Map<String, Value>, Map<String, Value>) {
                let (mut before_it, mut after_it) = (Map::new(), Map::new());
                $({
                    let $it = self;
                    let was = $value;
                    let $it = after;
                    let is = $value;
                    if was != is {
                        before_it.insert($name.to_owned(), shown(was));
                        after_it.insert($name.to_owned(), shown(is));
                    }
                })*
                (before_it, after_it)
            }
        }
    };
}

fn shown(value: impl Serialize) -> Value {
    serde_json::to_value(value).expect("texts, numbers, times and JSON are JSON")
}

pictured!(Brand as "brand", known by |brand| brand.id.to_string(), brand => {
    "slug": &brand.slug,
    "name": &brand.name,
    "archived_at": brand.archived_at,
    "version": brand.version,
});

pictured!(Category as "category", known by |category| category.id.to_string(), category => {
    "parent": category.parent_id,
    "slug": &category.slug,
    "name": &category.name,
    "path": &category.path,
    "position": category.position,
    "attributes": &category.attributes,
    "archived_at": category.archived_at,
    "version": category.version,
});

pictured!(Product as "product", known by |product| product.id.to_string(), product => {
    "slug": &product.slug,
    "title": &product.title,
    "description": &product.description,
    "brand": product.brand_id,
    "category": product.category_id,
    "seller": product.seller_id,
    "specs": &product.specs,
    "media": &product.media,
    "tags": &product.tags,
    "status": product.status.as_str(),
    "availability": product.availability.as_str(),
    "version": product.version,
});

pictured!(Variant as "variant", known by |variant| variant.id.to_string(), variant => {
    "product": variant.product_id,
    "sku": &variant.sku,
    "attributes": &variant.attributes,
    "barcode": &variant.barcode,
    "currency": variant.price.currency.code(),
    "mrp_minor": variant.price.mrp_minor,
    "price_minor": variant.price.price_minor,
    "sale_price_minor": variant.price.sale.map(|sale| sale.price_minor),
    "sale_starts_at": variant.price.sale.and_then(|sale| sale.starts_at),
    "sale_ends_at": variant.price.sale.and_then(|sale| sale.ends_at),
    "tax_class": &variant.tax_class,
    "weight_grams": variant.weight_grams,
    "on_sale_from": variant.on_sale_from,
    "purchase_limit": variant.purchase_limit.map(|limit| limit.max),
    "purchase_limit_window_s": variant.purchase_limit.and_then(|limit| limit.window_s),
    "hold_ttl_s": variant.hold_ttl_s,
    "position": variant.position,
    "archived_at": variant.archived_at,
    "version": variant.version,
});

pictured!(Location as "location", known by |location| location.id.to_string(), location => {
    "code": &location.code,
    "name": &location.name,
    "archived_at": location.archived_at,
    "version": location.version,
});

pictured!(TaxClass as "tax_class", known by |class| class.code.to_string(), class => {
    "code": &class.code,
    "name": &class.name,
    "rate_bp": class.rate.rate_bp,
    "inclusive": class.rate.inclusive,
    "archived_at": class.archived_at,
    "version": class.version,
});

// There is one in a store.
pictured!(Shipping as "shipping", known by |_| "shipping".to_owned(), shipping => {
    "currency": shipping.flat.currency.code(),
    "flat_minor": shipping.flat.minor,
    "free_from_minor": shipping.free_from.map(|free_from| free_from.minor),
    "tax_class": &shipping.tax_class,
    "version": shipping.version,
});

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::name::Title;
    use super::super::tax::sample;
    use super::*;

    #[test]
    fn a_thing_is_shown_whole_and_its_change_by_what_changed() {
        let before = sample("standard");
        let whole = json!({
            "code": "standard", "name": "standard", "rate_bp": 1800, "inclusive": true, "archived_at": null, "version": 1
        });
        assert_eq!(Value::Object(before.picture()), whole);
        let after = TaxClass { name: Title::stored("GST"), version: 2, ..before.clone() };
        let (was, is) = before.difference(&after);
        assert_eq!(Value::Object(was), json!({ "name": "standard", "version": 1 }));
        assert_eq!(Value::Object(is), json!({ "name": "GST", "version": 2 }));
    }
}
