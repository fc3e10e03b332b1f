//! The scopes as types, so that a route says in its arguments what it needs.

use identity::access::Scope;

/// What a route needs to be let in.
pub trait Needs: 'static {
    const SCOPE: Scope;
}

macro_rules! needs {
    ($($name:ident),* $(,)?) => {$(
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl Needs for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )*};
}

needs! {
    CatalogRead, CatalogWrite, SettingsRead, SettingsWrite, StockRead, StockWrite, OrdersRead, OrdersWrite,
    CustomersRead, CustomersWrite, SearchRead, SearchWrite, ImportsWrite, ExportsRead, StaffRead, StaffWrite, KeysRead,
    KeysWrite, AuditRead,
    SellerProductsRead, SellerProductsWrite, SellerOrdersRead,
}
