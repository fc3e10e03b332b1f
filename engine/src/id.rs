//! Every id type of the shop in one list.
//!
//! UUIDv7 newtypes, so that no order is ever asked for with a cart's id; shown with a prefix (`ord_…`). Minted by
//! `clock::IdSource`, so that tests repeat.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an id of the form {prefix}<32 hexadecimal digits>")]
pub struct ParseIdError {
    prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        pub struct $name(Uuid);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }

            pub const fn as_bytes(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix($prefix)
                    .filter(|digits| digits.len() == 32)
                    .and_then(|digits| Uuid::try_parse(digits).ok())
                    .map(Self)
                    .ok_or(ParseIdError { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl ToSql<diesel::sql_types::Uuid, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                ToSql::<diesel::sql_types::Uuid, Pg>::to_sql(&self.0, out)
            }
        }

        impl FromSql<diesel::sql_types::Uuid, Pg> for $name {
            fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
                FromSql::<diesel::sql_types::Uuid, Pg>::from_sql(bytes).map(Self)
            }
        }
    )*};
}

ids! {
    /// A shop on this installation.
    StoreId = "store_";
    /// A place where stock is.
    LocationId = "loc_";
    CategoryId = "cat_";
    BrandId = "brand_";
    ProductId = "prod_";
    /// What a shopper buys: a product in one size and colour. Owns the stock.
    VariantId = "var_";
    /// Who is asking: a guest or a customer.
    PrincipalId = "prin_";
    CartId = "cart_";
    OrderId = "ord_";
    /// Somebody who has said who they are. As a principal it bears the same number.
    AccountId = "acct_";
    /// One sign-in of an account, on one device.
    SessionId = "sess_";
    /// What a machine shows.
    ApiKeyId = "key_";
    /// Whose goods they are, in a shop of many.
    SellerId = "sel_";
    /// A line of somebody's address book.
    AddressId = "addr_";
    /// A line of the audit trail.
    AuditId = "aud_";
    /// One run of an import.
    ImportId = "imp_";
    /// A message to a person.
    MessageId = "msg_";
    /// A question that somebody has to answer before they are let in.
    ChallengeId = "chal_";
    /// Words that mean the same in a shop's search.
    SynonymId = "syn_";
    /// A rule by which a shop's search moves products.
    SearchRuleId = "rule_";
    /// One start of a server: who owns the cell.
    OwnerId = "own_";
}

impl AccountId {
    /// Whose cart and orders they are.
    pub const fn principal(self) -> PrincipalId {
        PrincipalId(self.0)
    }
}

impl StoreId {
    /// The default store, made by the first migration.
    pub const MAIN: Self = Self(Uuid::from_u128(0x00000000_0000_7000_8000_000000000001));
}

impl LocationId {
    /// The default store's default location, made by the first migration.
    pub const MAIN: Self = Self(Uuid::from_u128(0x00000000_0000_7000_8000_000000000002));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_as_it_is_shown_and_no_other_way() {
        let id = OrderId::from_uuid(Uuid::from_u128(7));
        assert_eq!(id.to_string(), "ord_00000000000000000000000000000007");
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in
            ["", "ord_", "ord_7", "var_00000000000000000000000000000007", "ord_0000000000000000000000000000000g"]
        {
            assert!(wrong.parse::<OrderId>().is_err(), "{wrong}");
        }
    }
}
