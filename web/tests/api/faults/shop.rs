//! A shop behind a link that can be bad.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testdb::{Proxy, TestDatabase, eventually_async};

use super::trouble::Trouble;
use super::visit::Visit;
use crate::app::{Ground, POOL, TestApp, purchase};
use crate::client::Answer;
use crate::live::Listening;

/// Only so that a broken test ends: nothing is said about how fast anything has to be.
pub(super) const GIVE_UP: Duration = Duration::from_secs(60);

pub(super) struct Shop {
    pub(super) app: TestApp,
    pub(super) proxy: Proxy,
    /// What one of anything comes to.
    pub(super) total: i64,
}

impl Shop {
    pub(super) async fn open() -> Self {
        let database = TestDatabase::migrated();
        let proxy = Proxy::before(database.url());
        let url = proxy.url(database.url());
        // Products are kept for a moment only, so that what is shown later is what was shown last.
        let app = TestApp::start_on(Ground::on(database, &url), |settings| settings.cache.body_max_age_s = 1);
        app.until_ready().await;
        for (slug, sku, units) in [("cup", "CUP", Self::CUPS), ("last", "LAST", 1)] {
            app.create_product(slug, &[sku]).await;
            app.receive(sku, units).await;
        }
        let guest = app.guest().await;
        let items = json!({ "items": [{ "sku": "CUP", "quantity": 1 }], "shipping_method": "standard" });
        let quote = app.quote(&guest, &items).await.expect(200);
        let total = quote["totals"]["grand"]["amount"].as_i64().expect("an amount");
        let shop = Self { app, proxy, total };
        shop.buy(&guest, "the-last", "LAST").await.expect(201);
        shop
    }

    /// So that it is known what they look like.
    pub(super) async fn show_pages(&self) {
        for shown in ["/api/v1/products/cup", "/api/v1/products?q=shirt", "/api/v1/categories"] {
            self.app.client.get(shown).send().await.expect(200);
        }
    }

    /// How many there are in the beginning.
    const CUPS: i64 = 100;

    /// One of it, at its price.
    pub(super) async fn buy(&self, guest: &str, key: &str, sku: &str) -> Answer {
        self.app.checkout(guest, key, &purchase(&[(sku, 1)], self.total)).await
    }

    /// Every connection of the pool is open: trouble finds them all.
    pub(super) async fn warm(&self) {
        let database = self.app.ground.engine.database();
        let all = join_all((0..POOL).map(|_| database.connection())).await;
        assert!(all.iter().all(Result::is_ok), "the pool has lost a connection");
    }

    /// It has noticed what is wrong, so that nothing is answered as if all were well.
    pub(super) async fn notice(&self, trouble: Trouble) {
        if trouble.is_an_outage() {
            self.until_ready_is(503).await;
        }
        self.let_pages_age();
    }

    pub(super) async fn recover(&self) {
        self.proxy.set(Trouble::None.link());
        self.until_ready_is(200).await;
        self.let_pages_age();
    }

    /// Whatever was made before is old by now.
    pub(super) fn let_pages_age(&self) {
        self.app.advance(TimeDelta::seconds(5));
    }

    pub(super) async fn until_ready_is(&self, status: u16) {
        self.until("readiness", async || self.app.client.get("/readyz").send().await.status.as_u16() == status).await;
    }

    pub(super) async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        eventually_async(what, async || is_so().await.then_some(())).await;
    }

    /// Somebody who listens from before the trouble to the end.
    pub(super) async fn listen_throughout(&self) -> Listening {
        let mut listening = Listening::to(&self.app, "topics=stock:LAST", "").await;
        listening.until("\"sold_out\"").await;
        listening
    }

    pub(super) async fn hears_again(&self, mut listener: Listening) {
        self.app.receive("LAST", 100).await;
        listener.until("\"in_stock\"").await;
    }

    /// However often and whenever it was asked for.
    pub(super) async fn everything_was_done_once(&self, visits: &[Visit]) {
        let orders = self.app.admin_get("/api/v1/admin/orders?limit=100").send().await.expect(200);
        let count = |what: &Value| what.as_array().map(Vec::len);
        assert_eq!(count(&orders["data"]), Some(1 + 5 * visits.len()), "{orders}");
        let cups = self.app.stock("CUP").await;
        let visited = i64::try_from(visits.len()).expect("a few");
        // Of each visit: seven that were received, and one confirmed.
        assert_eq!(cups["on_hand"], Self::CUPS + (7 - 1) * visited, "{cups}");
        // One from before, and one that was bought.
        assert_eq!(cups["reserved"], 2 * visited, "{cups}");
        for visit in visits {
            let cart = self.app.client.get("/api/v1/cart").bearer(&visit.eve).send().await.expect(200);
            // It has no key: who is not told the outcome looks before asking again. Here it is asked again blindly.
            let in_cart = cart["lines"][0]["quantity"].as_i64();
            assert!(in_cart.is_some_and(|quantity| quantity >= 1), "{cart}");
        }
    }

    /// Neither a seat nor a connection is lost.
    pub(super) async fn nobody_is_left_inside(&self) {
        self.until("all seats to be free", async || {
            let ready = self.app.client.get("/readyz").send().await.expect(200);
            // Who asks.
            ready["requests_inside"] == 1
        })
        .await;
        let database = self.app.ground.engine.database();
        self.until("all connections to be back", async || {
            let pool = database.pool_status();
            pool.in_use == 0 && pool.waiting == 0
        })
        .await;
        self.warm().await;
    }
}

impl Drop for Shop {
    /// Also a test that failed lets go of what it holds up.
    fn drop(&mut self) {
        self.proxy.set(Trouble::None.link());
    }
}
