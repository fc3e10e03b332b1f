//! What can be listened to.

use std::fmt;

use engine::catalog::Sku;
use engine::id::{PrincipalId, StoreId};
use engine::order::{OrderNo, ParseOrderNoError};

use crate::error::ApiError;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// `stock:<sku>`: whether it can be bought, and from when on.
    Stock(StoreId, Sku),
    /// `order:<order_no>`: the state of an own order, and until when its goods are held.
    Order(StoreId, OrderNo, PrincipalId),
    /// `orders`: how many orders a second this shop takes.
    Orders,
}

impl Topic {
    /// What `text` names. `listener` is who asks: an order is told to its buyer alone.
    pub fn parse(
        store: StoreId,
        text: &str,
        listener: impl FnOnce() -> Result<PrincipalId, ApiError>,
    ) -> Result<Self, ApiError> {
        match text.split_once(':') {
            None if text == "orders" => Ok(Self::Orders),
            Some(("stock", sku)) => {
                let sku = Sku::parse(sku).map_err(|error| ApiError::bad_request(error.to_string()))?;
                Ok(Self::Stock(store, sku))
            }
            Some(("order", number)) => {
                let unreadable = |error: ParseOrderNoError| ApiError::bad_request(error.to_string());
                Ok(Self::Order(store, number.parse().map_err(unreadable)?, listener()?))
            }
            _ => Err(ApiError::bad_request(format!(
                "there is no topic {text:?}; there are stock:<sku>, order:<order_no> and orders"
            ))),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stock(_, sku) => write!(f, "stock:{sku}"),
            Self::Order(_, number, _) => write!(f, "order:{number}"),
            Self::Orders => f.write_str("orders"),
        }
    }
}
