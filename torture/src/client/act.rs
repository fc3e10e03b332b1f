//! PURE. What a client may do next, and how it asks for it.

use hyper::Method;
use rand::RngExt;
use rand::rngs::SmallRng;
use serde_json::json;
use uuid::Uuid;

use super::buyer::Guest;
use super::shop::{OPERATOR_KEY, Shop, UNITS_MAX, lose, purchase, receive};
use super::wire::Ask;
use crate::notes::{Intent, Line, Payment};

/// A request that can be sent again as it is.
pub(crate) struct Deed {
    pub(crate) intent: Intent,
    pub(crate) ask: Ask,
}

/// An order that was acknowledged.
#[derive(Clone)]
pub(super) struct Mine {
    pub(super) order: Uuid,
    pub(super) order_no: String,
    pub(super) token: String,
    /// It waits for its money. One that does not is not confirmed: that would be answered, and change nothing.
    pub(super) unpaid: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Buy,
    BuyCart,
    Cancel,
    Confirm,
    Receive,
    Lose,
    /// The same request once more, though it was answered.
    AskAgain,
    /// The product gets a new title: something for the outbox to deliver.
    Rename,
    /// A guest of one's own leaves, another one comes.
    Replace,
}

pub(super) fn wish(dice: &mut SmallRng) -> Wish {
    match dice.random_range(0..100) {
        0..46 => Wish::Buy,
        46..58 => Wish::BuyCart,
        58..68 => Wish::Cancel,
        68..80 => Wish::Confirm,
        80..90 => Wish::Receive,
        90..93 => Wish::Lose,
        93..96 => Wish::AskAgain,
        96..98 => Wish::Rename,
        _ => Wish::Replace,
    }
}

pub(super) fn rename(shop: &Shop, title: &str) -> Ask {
    let ask = Ask::post(format!("/api/v1/admin/products/{}", shop.product));
    Ask { method: Method::PATCH, ..ask }.bearer(OPERATOR_KEY).header("if-match", "*").json(json!({ "title": title }))
}

/// One to three lines, at times two of the same SKU.
pub(super) fn basket(shop: &Shop, dice: &mut SmallRng) -> Vec<Line> {
    let lines = dice.random_range(1..=3);
    let line = |_| Line {
        sku: shop.skus[dice.random_range(0..shop.skus.len())].to_owned(),
        quantity: dice.random_range(1..=2),
    };
    (0..lines).map(line).collect()
}

/// Buys these at once, or the cart that holds them.
pub(super) fn checkout(
    shop: &Shop,
    lines: Vec<Line>,
    cart: bool,
    guest: &Guest,
    key: String,
    payment: Payment,
) -> Deed {
    let units: i64 = lines.iter().map(|line| line.quantity).sum();
    let grand_minor = shop.grand_minor[&units.clamp(1, UNITS_MAX)];
    let items = (!cart).then(|| json!(lines));
    let ask = Ask::post("/api/v1/checkout").bearer(&guest.token).header("idempotency-key", &*key).json(purchase(
        items,
        payment.word(),
        Some(grand_minor),
    ));
    Deed { intent: Intent::Order { key, buyer: guest.principal, lines, grand_minor, payment, cart }, ask }
}

pub(super) fn cancel(mine: &Mine, key: String) -> Deed {
    let ask = Ask::post(format!("/api/v1/orders/{}/cancel", mine.order_no))
        .bearer(&mine.token)
        .header("idempotency-key", &*key);
    Deed { intent: Intent::Cancel { key, order: mine.order }, ask }
}

pub(super) fn confirm(mine: &Mine, key: String) -> Deed {
    let ask = Ask::post(format!("/api/v1/admin/orders/{}/confirm", mine.order_no))
        .bearer(OPERATOR_KEY)
        .header("if-match", "*")
        .header("idempotency-key", &*key);
    Deed { intent: Intent::Confirm { key, order: mine.order }, ask }
}

pub(super) fn stock(sku: &str, delta: i64, key: String) -> Deed {
    let ask = if delta > 0 { receive(sku, delta, &key) } else { lose(sku, -delta, &key) };
    Deed { intent: Intent::Stock { key, sku: sku.to_owned(), delta }, ask }
}
