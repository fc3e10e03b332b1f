//! Words of which a field holds one, under the name by which a client of the API knows them. They are the enums' own: a word
//! that is added there stands in the description.

use std::borrow::Cow;

use engine::catalog::{AvailabilityPolicy, ProductStatus as CatalogStatus};
use engine::order;
use identity::access;
use identity::account;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $words:expr;)*) => {$(
        $(#[$doc])*
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some($words)).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )*};
}

words! {
    OrderStatus = order::Status::ALL.iter().map(|status| status.as_str());
    PaymentStatus = order::PaymentStatus::ALL.iter().map(|status| status.as_str());
    PaymentMethod = order::PaymentMethod::ALL.iter().map(|method| method.as_str());
    ProductStatus = CatalogStatus::ALL.iter().map(|status| status.as_str());
    /// How much of the stock shoppers are shown.
    StockPolicy = AvailabilityPolicy::ALL.iter().map(|policy| policy.as_str());
    AccountRole = access::Role::ALL.iter().map(|role| role.name());
    /// Of who works for the shop.
    WorkingRole = access::Role::ALL.iter().filter(|role| **role != access::Role::Customer).map(|role| role.name());
    AccountStatus = account::Status::ALL.iter().map(|status| status.name());
    KeyKind = access::KeyKind::ALL.iter().map(|kind| kind.name());
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    #[test]
    fn no_name_stands_for_two_things() {
        let mut seen = HashMap::new();
        for (name, schema) in crate::routes::all().schemas {
            let schema = serde_json::to_string(&schema).expect("a schema is JSON");
            let other = seen.insert(name.clone(), schema.clone()).unwrap_or_else(|| schema.clone());
            assert_eq!(schema, other, "{name}");
        }
    }
}
