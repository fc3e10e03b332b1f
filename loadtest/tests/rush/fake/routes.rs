//! The fake shop's HTTP.

use std::sync::Mutex;

use actix_web::web::{Data, Json, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::books::{Books, Entry, Order, PRICE, Placing, Stumble};

/// Its only location.
const MAIN: &str = "loc_main";

type Shop = Data<Mutex<Books>>;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/healthz", web::get().to(HttpResponse::Ok))
        .route("/readyz", web::get().to(ready))
        .route("/metrics", web::get().to(metrics))
        .service(
            web::scope("/api/v1")
                .route("/session", web::post().to(session))
                .route("/auth/register", web::post().to(HttpResponse::Accepted))
                .route("/auth/login", web::post().to(log_in))
                .route("/checkout/quote", web::post().to(quote))
                .route("/checkout", web::post().to(checkout))
                .route("/cart/items", web::post().to(add_to_cart))
                .route("/orders/{order_no}/cancel", web::post().to(cancel))
                .route("/products", web::get().to(products))
                .route(
                    "/products/{slug}",
                    web::get().to(|| async { HttpResponse::Ok().json(json!({ "title": "A Thing" })) }),
                )
                .route(
                    "/categories",
                    web::get().to(|| async { HttpResponse::Ok().json(json!({ "data": [{ "slug": "things" }] })) }),
                )
                .route(
                    "/categories/{slug}",
                    web::get().to(|| async { HttpResponse::Ok().json(json!({ "slug": "things" })) }),
                )
                .route("/admin/products", web::post().to(create_product))
                .route("/admin/stock/{sku}/receive", web::post().to(receive))
                .route("/admin/stock/{sku}", web::get().to(levels))
                .route("/admin/stock/{sku}/ledger", web::get().to(ledger))
                .route("/admin/stock/{sku}/holds", web::get().to(holds))
                .route("/admin/orders", web::get().to(orders)),
        );
}

async fn ready(shop: Shop) -> HttpResponse {
    let awake = shop.lock().unwrap().stock.values().filter(|stock| stock.seq > 0).count();
    HttpResponse::Ok().json(json!({ "ready": true, "skus_awake": awake }))
}

/// Every commit of this shop takes between one and two milliseconds.
async fn metrics(shop: Shop) -> HttpResponse {
    let commits = shop.lock().unwrap().orders.len();
    let bucket = |bound: &str, count: usize| {
        format!("doorbuster_journal_commit_duration_seconds_bucket{{le=\"{bound}\"}} {count}\n")
    };
    HttpResponse::Ok().body([bucket("0.001", 0), bucket("0.002", commits), bucket("+Inf", commits)].concat())
}

async fn session() -> HttpResponse {
    HttpResponse::Created().json(json!({ "token": uuid::Uuid::new_v4() }))
}

/// Everybody is let in: nothing here depends on who it is.
async fn log_in() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "access_token": uuid::Uuid::new_v4() }))
}

#[derive(Deserialize)]
struct Item {
    sku: String,
    quantity: i64,
}

#[derive(Deserialize)]
struct Body {
    items: Option<Vec<Item>>,
}

async fn quote(body: Json<Body>) -> HttpResponse {
    let units: i64 = body.items.iter().flatten().map(|item| item.quantity).sum();
    HttpResponse::Ok().json(json!({ "totals": { "grand": { "amount": PRICE * units, "currency": "INR" } } }))
}

async fn checkout(request: HttpRequest, shop: Shop, body: Json<Body>) -> HttpResponse {
    let mut books = shop.lock().unwrap();
    let stumble = books.stumble();
    if let Stumble::Busy = stumble {
        return problem(HttpResponse::ServiceUnavailable(), json!({ "code": "overloaded" }));
    }
    if let Stumble::InFlight = stumble {
        return problem(HttpResponse::Conflict(), json!({ "code": "idempotency_key_in_flight" }));
    }
    let key = header(&request, "idempotency-key");
    let items: Vec<(String, i64)> = match &body.items {
        Some(items) => items.iter().map(|item| (item.sku.clone(), item.quantity)).collect(),
        None => books.carts.get(&header(&request, "authorization")).cloned().unwrap_or_default(),
    };
    let placing = books.place(&key, &items);
    if let Stumble::Silent = stumble {
        // The connection ends without an answer: the order stands.
        return cut();
    }
    match placing {
        Placing::Placed(order) => HttpResponse::Created().json(view(&order)),
        Placing::SoldOut { sku, asked, left, seq } => {
            let item = json!({ "sku": sku, "location_id": MAIN, "requested": asked, "available": left, "seq": seq });
            let items = [item];
            problem(HttpResponse::Conflict(), json!({ "code": "out_of_stock", "items": items }))
        }
    }
}

/// A body that ends before its length: the client sees a lost connection.
fn cut() -> HttpResponse {
    let broken = futures_util::stream::iter([Ok(web::Bytes::from_static(b"{")), Err(std::io::Error::other("cut"))]);
    HttpResponse::Created().no_chunking(1000).streaming(broken)
}

async fn add_to_cart(request: HttpRequest, shop: Shop, item: Json<Item>) -> HttpResponse {
    let mut books = shop.lock().unwrap();
    let item = item.into_inner();
    if books.cart_keys.insert(header(&request, "idempotency-key"), ()).is_none() {
        books.carts.entry(header(&request, "authorization")).or_default().push((item.sku, item.quantity));
    }
    HttpResponse::Ok().json(json!({ "lines": [] }))
}

async fn cancel(shop: Shop, order_no: Path<String>) -> HttpResponse {
    match shop.lock().unwrap().cancel(&order_no) {
        Some(changes) => {
            let moved = |(sku, quantity, seq): (String, i64, i64)| json!({ "sku": sku, "location_id": MAIN, "kind": "release", "on_hand_delta": 0, "reserved_delta": -quantity, "seq": seq });
            let stock: Vec<Value> = changes.into_iter().map(moved).collect();
            HttpResponse::Ok().json(json!({ "status": "cancelled", "stock": stock }))
        }
        None => problem(HttpResponse::NotFound(), json!({ "code": "not_found" })),
    }
}

async fn products() -> HttpResponse {
    let data = [
        json!({ "slug": "a-thing", "title": "Wonderful Thing" }),
        json!({ "slug": "b-thing", "title": "Better Thing" }),
    ];
    HttpResponse::Ok().json(json!({ "data": data, "page": { "next_cursor": null, "has_more": false } }))
}

#[derive(Deserialize)]
struct NewProduct {
    variants: Vec<Variant>,
}

#[derive(Deserialize)]
struct Variant {
    sku: String,
}

async fn create_product(shop: Shop, product: Json<NewProduct>) -> HttpResponse {
    let mut books = shop.lock().unwrap();
    for variant in &product.variants {
        books.stock.entry(variant.sku.clone()).or_default();
    }
    HttpResponse::Created().json(json!({}))
}

#[derive(Deserialize)]
struct Received {
    quantity: i64,
}

async fn receive(shop: Shop, sku: Path<String>, body: Json<Received>) -> HttpResponse {
    let seq = shop.lock().unwrap().receive(&sku, body.quantity);
    HttpResponse::Ok().json(json!({ "changes": [{ "location_id": MAIN, "seq": seq }] }))
}

async fn levels(shop: Shop, sku: Path<String>) -> HttpResponse {
    let books = shop.lock().unwrap();
    let stock = &books.stock[&*sku];
    let level = json!({ "location": "main", "location_id": MAIN, "on_hand": stock.on_hand, "reserved": stock.reserved, "safety": 0, "seq": stock.seq });
    HttpResponse::Ok().json(json!({ "sku": *sku, "locations": [level] }))
}

async fn ledger(shop: Shop, sku: Path<String>, page: Query<Page>) -> HttpResponse {
    let books = shop.lock().unwrap();
    let entry = |entry: &Entry| {
        let Entry { seq, kind, on_hand, reserved, order } = entry;
        json!({ "location_id": MAIN, "seq": seq, "kind": kind, "on_hand_delta": on_hand, "reserved_delta": reserved, "order_id": order })
    };
    list(books.stock[&*sku].ledger.iter().map(entry), &page)
}

async fn holds(shop: Shop, sku: Path<String>, page: Query<Page>) -> HttpResponse {
    let books = shop.lock().unwrap();
    list([json!({ "quantity": books.stock[&*sku].held, "state": "held" })].into_iter(), &page)
}

#[derive(Deserialize)]
struct Page {
    sku: Option<String>,
    idempotency_key: Option<String>,
    limit: usize,
    cursor: Option<usize>,
}

async fn orders(shop: Shop, page: Query<Page>) -> HttpResponse {
    let books = shop.lock().unwrap();
    let found = match (&page.sku, &page.idempotency_key) {
        (Some(sku), _) => books.of_sku.get(sku),
        (None, Some(key)) => books.of_key.get(key),
        (None, None) => None,
    };
    list(found.into_iter().flatten().map(|at| view(&books.orders[*at])), &page)
}

fn list(rows: impl Iterator<Item = Value>, page: &Page) -> HttpResponse {
    let from = page.cursor.unwrap_or(0);
    let mut data: Vec<Value> = rows.skip(from).take(page.limit + 1).collect();
    let has_more = data.len() > page.limit;
    data.truncate(page.limit);
    let next = has_more.then(|| (from + page.limit).to_string());
    HttpResponse::Ok().json(json!({ "data": data, "page": { "next_cursor": next, "has_more": has_more } }))
}

fn view(order: &Order) -> Value {
    let line = |(sku, quantity, seq): &(String, i64, i64)| json!({ "sku": sku, "location_id": MAIN, "quantity": quantity, "seq": seq });
    json!({
        "order_no": order.order_no,
        "status": order.status,
        "idempotency_key": order.key,
        "totals": { "grand": { "amount": order.total, "currency": "INR" } },
        "lines": order.lines.iter().map(line).collect::<Vec<_>>(),
    })
}

fn problem(mut response: HttpResponseBuilder, body: Value) -> HttpResponse {
    response.content_type("application/problem+json").body(body.to_string())
}

fn header(request: &HttpRequest, name: &str) -> String {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
