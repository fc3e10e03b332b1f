//! What a shop is asked for, each as the first column of the document's table has it.

use futures_util::future::{LocalBoxFuture, join_all};
use hyper::Method;
use serde_json::json;

use super::said::Said;
use super::shop::{GIVE_UP, Shop};
use super::visit::Visit;
use crate::app::{OPERATOR_KEY, purchase};
use crate::client::Request;
use crate::live::Listening;

type Question = for<'a> fn(&'a Shop, &'a Visit) -> LocalBoxFuture<'a, Said>;

/// Everything at once. All of it is answered, or this fails.
pub(super) async fn ask_everything(shop: &Shop, visit: &Visit) -> Vec<(&'static str, Said)> {
    let answers = QUESTIONS.iter().map(async |(asked, ask)| (*asked, ask(shop, visit).await));
    tokio::time::timeout(GIVE_UP, join_all(answers)).await.expect("everything is answered")
}

/// The same, each until the answer is one that whoever asks goes by: what somebody gave up waiting for may end a moment
/// later.
pub(super) async fn ask_until(
    shop: &Shop,
    visit: &Visit,
    is_final: impl Fn(&Said) -> bool,
) -> Vec<(&'static str, Said)> {
    let answers = QUESTIONS.iter().map(async |(asked, ask)| {
        let ended = testdb::eventually_async(asked, async || {
            let said = ask(shop, visit).await;
            is_final(&said).then_some(said)
        });
        (*asked, ended.await)
    });
    join_all(answers).await
}

macro_rules! questions {
    ($($asked:literal => $ask:expr;)+) => {
        &[$(($asked, |shop, visit| Box::pin(async move { $ask(shop, visit).await }))),+]
    };
}

pub(super) const QUESTIONS: &[(&str, Question)] = questions! {
    "product page that was shown before" => async |shop, _| get(shop, "/api/v1/products/cup").await;
    "product page that nobody asked for yet" => async |shop, visit: &Visit| {
        get(shop, &format!("/api/v1/products/{}", visit.unseen)).await
    };
    "category tree that was shown before" => async |shop, _| get(shop, "/api/v1/categories").await;
    "listing that was shown before" => async |shop, _| get(shop, "/api/v1/products?q=shirt").await;
    "search that nobody asked for yet" => async |shop, visit: &Visit| {
        get(shop, &format!("/api/v1/products?q=shirt+{}", visit.name)).await
    };
    "home page" => async |shop, _| get(shop, "/").await;
    "API description" => async |shop, _| get(shop, "/api/v1/openapi.json").await;
    "guest session" => async |shop: &Shop, _| Said::of(&shop.app.begin_session().await);
    "cart that was asked for before" => async |shop, visit: &Visit| get_as(shop, &visit.ann, "/api/v1/cart").await;
    "cart that nobody asked for yet" => async |shop, visit: &Visit| get_as(shop, &visit.bob, "/api/v1/cart").await;
    "something put into a cart" => put_into_cart;
    "quote" => async |shop, visit| quote(shop, visit, "CUP").await;
    "quote of what nobody asked for yet" => async |shop, visit| quote(shop, visit, &visit.unseen).await;
    "checkout of what is in stock" => async |shop, visit: &Visit| checkout(shop, &visit.bob, "bought", "CUP").await;
    "checkout of what nobody asked for yet" => async |shop, visit: &Visit| {
        checkout(shop, &visit.bob, "unseen", &visit.unseen).await
    };
    "checkout of what is sold out" => async |shop, visit: &Visit| checkout(shop, &visit.bob, "gone", "LAST").await;
    "checkout again, of an order that was answered" => async |shop, visit: &Visit| {
        checkout(shop, &visit.ann, "before", "CUP").await
    };
    "checkout again, of one that was refused" => async |shop, visit: &Visit| {
        checkout(shop, &visit.ann, "refused-before", "LAST").await
    };
    "own order" => async |shop, visit: &Visit| {
        get_as(shop, &visit.ann, &format!("/api/v1/orders/{}", visit.placed)).await
    };
    "own orders" => async |shop, visit: &Visit| get_as(shop, &visit.ann, "/api/v1/orders").await;
    "order cancelled by its buyer" => cancel;
    "order confirmed by the shop" => async |shop, visit: &Visit| {
        admin(shop, visit, &format!("orders/{}/confirm", visit.to_confirm), "{}".to_owned()).await
    };
    "orders, for the shop" => async |shop, _| get_as(shop, OPERATOR_KEY, "/api/v1/admin/orders").await;
    "stock, for the shop" => async |shop, _| get_as(shop, OPERATOR_KEY, "/api/v1/admin/stock/CUP").await;
    "stock received" => async |shop, visit| admin(shop, visit, "stock/CUP/receive", r#"{"quantity":7}"#.to_owned()).await;
    "product made" => async |shop, visit: &Visit| {
        admin(shop, visit, "products", format!(r#"{{"slug":"new-{}","title":"New"}}"#, visit.name)).await
    };
    "product changed" => change;
    "live events, for who begins to listen" => listen;
    "unpaid orders that ran out" => expire;
    "/healthz" => async |shop, _| get(shop, "/healthz").await;
    "/readyz" => async |shop, _| get(shop, "/readyz").await;
    "/metrics" => async |shop, _| get(shop, "/metrics").await;
};

async fn get(shop: &Shop, path: &str) -> Said {
    Said::of(&shop.app.client.get(path).send().await)
}

async fn get_as(shop: &Shop, who: &str, path: &str) -> Said {
    Said::of(&shop.app.client.get(path).bearer(who).send().await)
}

async fn put_into_cart(shop: &Shop, visit: &Visit) -> Said {
    let item = json!({ "sku": "CUP", "quantity": 1 });
    Said::of(&shop.app.client.post("/api/v1/cart/items").bearer(&visit.eve).json(&item).send().await)
}

async fn quote(shop: &Shop, visit: &Visit, sku: &str) -> Said {
    let items = purchase(&[(sku, 1)], 0)["items"].clone();
    Said::of(&shop.app.quote(&visit.bob, &json!({ "items": items })).await)
}

async fn checkout(shop: &Shop, guest: &str, key: &str, sku: &str) -> Said {
    Said::of(&shop.buy(guest, key, sku).await)
}

async fn cancel(shop: &Shop, visit: &Visit) -> Said {
    let path = format!("/api/v1/orders/{}/cancel", visit.to_cancel);
    Said::of(&keyed(shop.app.client.post(&path).bearer(&visit.eve).body("{}"), visit).send().await)
}

async fn admin(shop: &Shop, visit: &Visit, path: &str, body: String) -> Said {
    let request = shop.app.client.post(&format!("/api/v1/admin/{path}")).bearer(OPERATOR_KEY);
    Said::of(&keyed(request.header("if-match", "*").body(body), visit).send().await)
}

async fn change(shop: &Shop, visit: &Visit) -> Said {
    let path = format!("/api/v1/admin/products/{}", visit.product);
    let request = shop.app.client.request(Method::PATCH, &path).bearer(OPERATOR_KEY).header("if-match", "*");
    Said::of(&request.json(&json!({ "title": "Another" })).send().await)
}

/// Every question of a visit has the same key, if it has one: keys belong to a route.
fn keyed(request: Request, visit: &Visit) -> Request {
    request.header("idempotency-key", visit.name).header("content-type", "application/json")
}

async fn listen(shop: &Shop, _: &Visit) -> Said {
    let mut listening = Listening::to(&shop.app, "topics=stock:CUP", "").await;
    let head = listening.until("\r\n\r\n").await;
    Said::plainly(head.split(' ').nth(1).expect("a status"))
}

/// By the engine's own hand: nobody asks for it.
async fn expire(shop: &Shop, _: &Visit) -> Said {
    let turn = shop.app.ground.engine.expiry().turn().await;
    Said::plainly(if turn.is_ok() { "expire" } else { "wait" })
}
