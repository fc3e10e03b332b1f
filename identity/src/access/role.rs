//! What an account is in its shop. A role is nothing but a set of scopes.

use std::fmt;
use std::str::FromStr;

use super::Scope;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Customer,
    Seller,
    Support,
    Admin,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no role {0:?}")]
pub struct UnknownRole(pub String);

impl Role {
    pub const ALL: [Self; 4] = [Self::Customer, Self::Seller, Self::Support, Self::Admin];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Seller => "seller",
            Self::Support => "support",
            Self::Admin => "admin",
        }
    }

    /// A customer has none: what is one's own needs no scope.
    pub const fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Customer => &[],
            Self::Seller => &[Scope::SellerProductsRead, Scope::SellerProductsWrite, Scope::SellerOrdersRead],
            Self::Support => &[
                Scope::CatalogRead,
                Scope::SettingsRead,
                Scope::StockRead,
                Scope::OrdersRead,
                Scope::OrdersWrite,
                Scope::CustomersRead,
                Scope::SearchRead,
            ],
            Self::Admin => &[
                Scope::CatalogRead,
                Scope::CatalogWrite,
                Scope::SettingsRead,
                Scope::SettingsWrite,
                Scope::StockRead,
                Scope::StockWrite,
                Scope::OrdersRead,
                Scope::OrdersWrite,
                Scope::CustomersRead,
                Scope::CustomersWrite,
                Scope::SearchRead,
                Scope::SearchWrite,
                Scope::ImportsWrite,
                Scope::ExportsRead,
                Scope::StaffRead,
                Scope::StaffWrite,
                Scope::KeysRead,
                Scope::KeysWrite,
                Scope::AuditRead,
            ],
        }
    }

    pub fn may(self, scope: Scope) -> bool {
        self.scopes().contains(&scope)
    }

    /// Who works for the shop, and is asked for a second factor where the shop wants one.
    pub const fn is_staff(self) -> bool {
        match self {
            Self::Customer | Self::Seller => false,
            Self::Support | Self::Admin => true,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_sets_of_scopes() {
        use Scope as S;
        for (role, may, may_not) in [
            (Role::Customer, &[][..], Scope::ALL),
            (Role::Seller, &[S::SellerProductsWrite], &[S::CatalogRead, S::OrdersRead, S::StockWrite]),
            (Role::Support, &[S::OrdersWrite, S::CustomersRead], &[S::CatalogWrite, S::StaffRead, S::AuditRead]),
            (Role::Admin, &[S::KeysWrite, S::AuditRead], &[S::SellerProductsWrite, S::StorefrontRead]),
        ] {
            assert!(may.iter().all(|&scope| role.may(scope)), "{role}");
            assert!(may_not.iter().all(|&scope| !role.may(scope)), "{role}");
            assert_eq!(role.name().parse(), Ok(role));
        }
    }
}
