//! The one catalogue of scopes. A route names the scope that it needs; roles and keys are sets of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no scope {0:?}")]
pub struct UnknownScope(pub String);

macro_rules! scopes {
    ($($variant:ident = $name:literal, $meaning:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Scope { $(#[doc = $meaning] $variant,)* }

        impl Scope {
            pub const ALL: &'static [Scope] = &[$(Scope::$variant,)*];

            /// `resource:verb`
            pub const fn name(self) -> &'static str {
                match self { $(Scope::$variant => $name,)* }
            }

            /// What it lets one do, for people.
            pub const fn meaning(self) -> &'static str {
                match self { $(Scope::$variant => $meaning,)* }
            }
        }
    };
}

scopes! {
    // Storefronts.
    StorefrontRead = "storefront:read", "read what every shopper may see";
    CartsWrite = "carts:write", "keep a cart and place orders for a guest";
    // A shop's staff.
    CatalogRead = "catalog:read", "read products, variants, categories, brands, taxes and shipping as staff see them";
    CatalogWrite = "catalog:write", "change products, variants, categories and brands";
    SettingsRead = "settings:read", "read the shop's locations, tax classes and shipping";
    SettingsWrite = "settings:write", "change the shop's locations, tax classes and shipping";
    StockRead = "stock:read", "read stock, its ledger and its holds";
    StockWrite = "stock:write", "receive, adjust, set and transfer stock";
    OrdersRead = "orders:read", "read everybody's orders";
    OrdersWrite = "orders:write", "confirm, cancel, pack, ship, deliver and take back orders";
    CustomersRead = "customers:read", "find and read customers' accounts";
    CustomersWrite = "customers:write", "block customers, which ends their sessions, and let them in again";
    SearchRead = "search:read", "read synonyms, search rules and settings, what people searched for, how the index is, and why results stand where they do";
    SearchWrite = "search:write", "change synonyms, search rules and settings, and have the index made anew";
    ImportsWrite = "imports:write", "import products and stock from files";
    ExportsRead = "exports:read", "export products and stock as files";
    // The shop itself.
    StaffRead = "staff:read", "read the accounts of staff and sellers";
    StaffWrite = "staff:write", "make, change and block accounts of staff and sellers";
    KeysRead = "keys:read", "read which API keys there are";
    KeysWrite = "keys:write", "make, rotate and revoke API keys";
    AuditRead = "audit:read", "read who changed what";
    // Sellers, their own goods alone.
    SellerProductsRead = "seller_products:read", "read one's own products";
    SellerProductsWrite = "seller_products:write", "make and change one's own products";
    SellerOrdersRead = "seller_orders:read", "read the order lines of one's own products";
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let known = Self::ALL.iter().copied().find(|scope| scope.name() == text);
        known.ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_read_as_it_is_written() {
        for &scope in Scope::ALL {
            assert_eq!(scope.name().parse(), Ok(scope));
            let (resource, verb) = scope.name().split_once(':').expect("resource:verb");
            assert!(!resource.is_empty() && ["read", "write"].contains(&verb), "{scope}");
        }
        assert_eq!("catalog".parse::<Scope>(), Err(UnknownScope("catalog".to_owned())));
    }
}
