//! Who asks, and of what: guests, carts, orders and products that only one round of questions meets.

use serde_json::{Value, json};

use super::shop::Shop;

pub(super) struct Visit {
    pub(super) name: &'static str,
    /// Has a cart that is awake, and an order.
    pub(super) ann: String,
    /// Whose cart nobody has asked for.
    pub(super) bob: String,
    /// Whose orders are moved along, and who fills a cart.
    pub(super) eve: String,
    pub(super) placed: String,
    pub(super) to_cancel: String,
    pub(super) to_confirm: String,
    /// Nobody has looked at it or bought it. It is its SKU as well.
    pub(super) unseen: String,
    /// That an admin changes.
    pub(super) product: String,
}

impl Visit {
    pub(super) async fn prepare(shop: &Shop, name: &'static str) -> Self {
        let app = &shop.app;
        let unseen = format!("unseen-{name}");
        let made = app.create_product(&unseen, &[&unseen]).await;
        app.receive(&unseen, 10).await;
        // Whoever received it has looked at it: that is forgotten with a change.
        let path = format!("/api/v1/admin/products/{}", made["id"].as_str().expect("an id"));
        app.admin_patch(&path, "*", &json!({ "title": "A shirt" })).send().await.expect(200);
        let changed = format!("changed-{name}");
        let product = app.create_product(&changed, &[&changed]).await;
        let [ann, bob, eve] = [app.guest().await, app.guest().await, app.guest().await];
        let placed = number(&shop.buy(&ann, "before", "CUP").await.expect(201));
        shop.buy(&ann, "refused-before", "LAST").await.problem(409, "out_of_stock");
        let to_cancel = number(&shop.buy(&eve, "to-cancel", "CUP").await.expect(201));
        let to_confirm = number(&shop.buy(&eve, "to-confirm", "CUP").await.expect(201));
        let item = json!({ "sku": "CUP", "quantity": 1 });
        app.client.post("/api/v1/cart/items").bearer(&ann).json(&item).send().await.expect(200);
        let product = product["id"].as_str().expect("an id").to_owned();
        Self { name, ann, bob, eve, placed, to_cancel, to_confirm, unseen, product }
    }
}

fn number(order: &Value) -> String {
    order["order_no"].as_str().expect("a number").to_owned()
}
