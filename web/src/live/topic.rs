//! What can be listened to.

use std::fmt;

use engine::catalog::Sku;
use engine::id::PrincipalId;
use engine::order::OrderNo;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// `stock:<sku>`: whether it can be bought, and from when on.
    Stock(Sku),
    /// `order:<order_no>`: the state of an own order, and until when its goods are held.
    Order(OrderNo, PrincipalId),
    /// `orders`: how many orders a second this shop takes.
    Orders,
}

impl Topic {
    /// What `text` names. `listener` is who asks: without one, nobody's orders can be listened to.
    pub fn parse(text: &str, listener: Option<PrincipalId>) -> Result<Self, String> {
        let unknown = || format!("there is no topic {text:?}; there are stock:<sku>, order:<order_no> and orders");
        match text.split_once(':') {
            None if text == "orders" => Ok(Self::Orders),
            Some(("stock", sku)) => Sku::parse(sku).map(Self::Stock).map_err(|error| error.to_string()),
            Some(("order", number)) => {
                let number = number.parse().map_err(|error: engine::order::ParseOrderNoError| error.to_string())?;
                let listener = listener.ok_or("an order is told to its buyer alone: send the token")?;
                Ok(Self::Order(number, listener))
            }
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stock(sku) => write!(f, "stock:{sku}"),
            Self::Order(number, _) => write!(f, "order:{number}"),
            Self::Orders => f.write_str("orders"),
        }
    }
}
