//! A model that says what texts mean, over HTTP: a small server of the tests' own in the shape that OpenAI's has.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::web::embedder::HttpEmbedder;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{self, Data, Json};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use engine::search::{Embedder, EmbedderError, Embedding};
use serde_json::{Value, json};

use crate::app::{TestApp, inr};

const TOKEN: &str = "the model's own";

/// What it answers: to whoever asks properly, or to everybody.
#[derive(Clone)]
enum Answers {
    Seasons,
    /// A status and a body.
    This(u16, String),
}

/// Of two dimensions: winter and summer. Whoever shouts is cold.
fn vector(text: &str) -> Value {
    let is = |signs: &[&str]| if signs.iter().any(|sign| text.contains(sign)) { 1.0 } else { 0.1 };
    json!([is(&["winter", "!"]), is(&["summer"])])
}

async fn answer(request: HttpRequest, question: Json<Value>, answers: Data<Mutex<Answers>>) -> HttpResponse {
    let answers = answers.lock().expect("nobody panicked").clone();
    if let Answers::This(status, body) = answers {
        let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
        return HttpResponse::build(status).insert_header(("location", "/elsewhere")).body(body);
    }
    let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if shown != Some(format!("Bearer {TOKEN}").as_str()) || question["model"] != "seasons-1" {
        return HttpResponse::Unauthorized().finish();
    }
    let texts = question["input"].as_array().expect("texts").iter();
    let of =
        |(index, text): (usize, &Value)| json!({ "index": index, "embedding": vector(text.as_str().expect("a text")) });
    // In no particular order.
    let data: Vec<Value> = texts.enumerate().map(of).rev().collect();
    HttpResponse::Ok().json(json!({ "object": "list", "data": data, "model": "seasons-1" }))
}

/// Its address, and what it answers.
fn model() -> (String, Data<Mutex<Answers>>) {
    let answers = Data::new(Mutex::new(Answers::Seasons));
    let of = answers.clone();
    let app = move || App::new().app_data(of.clone()).route("/v1/embeddings", web::post().to(answer));
    let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").expect("a port");
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    (format!("http://{address}/v1/embeddings"), answers)
}

#[actix_web::test]
async fn what_texts_mean_puts_the_first_results_in_order() {
    let (url, answers) = model();
    let app = TestApp::start_with(|settings| {
        settings.search.embeddings_url = url.into();
        settings.search.embeddings_model = "seasons-1".to_owned();
        settings.search.embeddings_token = TOKEN.into();
        settings.search.embeddings_interval_ms = 20;
        settings.search.embeddings_patience_ms = 5_000;
    });
    for season in ["summer", "winter", "autumn"] {
        let variant = json!({ "sku": season.to_uppercase(), "price": inr(900), "mrp": inr(900) });
        let body = json!({
            "slug": season, "title": "Light jacket", "description": format!("For {season} evenings."),
            "status": "active", "variants": [variant]
        });
        app.admin_post("/api/v1/admin/products", &body).send().await.expect(201);
    }
    let explained = async || {
        let page = app.admin_get("/api/v1/products?q=jacket!&explain=true").send().await;
        app.advance(chrono::TimeDelta::milliseconds(100));
        if page.status != 200 {
            return None;
        }
        let cards = page.json()["data"].as_array().expect("products").clone();
        let are_known = cards.iter().all(|card| card["explanation"]["meaning"]["similarity"].is_number());
        (cards.len() == 3 && are_known).then_some(cards)
    };
    let cards = testdb::eventually_async("what the jackets mean", explained).await;
    assert_eq!(cards[0]["slug"], "winter");
    let told = &cards[0]["explanation"]["meaning"];
    assert_eq!((&told["by_words"], &told["by_meaning"]), (&json!(2), &json!(1)), "{told}");
    let first = async |text: &str| {
        let page = app.client.get(&format!("/api/v1/products?q={text}&facets=false")).send().await.expect(200);
        page["data"][0]["slug"].as_str().expect("a slug").to_owned()
    };
    assert_eq!(first("jacket!").await, "winter");
    assert_eq!(first("jacket").await, "summer");
    // What may be about a person is told to nobody.
    assert_eq!(first("jacket!%40").await, "summer");
    // Without the model the words decide.
    *answers.lock().expect("nobody panicked") = Answers::This(503, String::new());
    assert_eq!(first("jackets!").await, "summer");
    assert_eq!(first("jacket!&limit=2").await, "winter", "it is remembered");
}

#[actix_web::test]
async fn what_is_no_answer_is_told_apart() {
    let (url, answers) = model();
    let ask = async |token: &str| {
        let timeout = Duration::from_secs(5);
        let embedder =
            HttpEmbedder::new(url.parse().expect("an address"), "seasons-1".to_owned(), token.into(), timeout);
        let embedder: Arc<dyn Embedder> = Arc::new(embedder.expect("a client"));
        let answer = embedder.embed(vec!["winter".to_owned(), "summer".to_owned()]).await;
        answer.map_err(|error| (matches!(error, EmbedderError::Refused(_)), error.to_string()))
    };
    let both = ask(TOKEN).await.expect("vectors");
    let expected = [[1.0, 0.1], [0.1, 1.0]].map(|numbers| Embedding::of("seasons-1", &numbers).expect("a direction"));
    assert_eq!(both, expected);
    let vectors = |data: Value| json!({ "data": data }).to_string();
    let one = |embedding: Value| vectors(json!([{ "index": 0, "embedding": embedding }]));
    let long = " ".repeat((256 << 10) + 1);
    for (token, status, body, is_refused, expected) in [
        ("", 0, String::new(), false, "it answered 401 Unauthorized"),
        (TOKEN, 503, String::new(), false, "it answered 503 Service Unavailable"),
        (TOKEN, 429, String::new(), false, "it answered 429 Too Many Requests"),
        (TOKEN, 302, String::new(), false, "it answered 302 Found"),
        (TOKEN, 400, String::new(), true, "it answered 400 Bad Request"),
        (TOKEN, 200, "<html>".to_owned(), false, "its answer is not understood at line 1, column 1: Syntax"),
        (TOKEN, 200, one(json!("swordfish")), false, "its answer is not understood at line 1, column 33: Data"),
        (TOKEN, 200, long, false, "its answer has more than 262144 bytes"),
        (
            TOKEN,
            200,
            vectors(json!([{ "index": 1, "embedding": [1] }])),
            false,
            "the indexes of its vectors do not count from 0",
        ),
        (TOKEN, 200, one(json!(null)), true, "it has no vector"),
        (TOKEN, 200, one(json!([0, 0])), true, "a vector of nothing but zeros points nowhere"),
        (TOKEN, 200, one(json!([])), true, "a vector has 1 to 4096 numbers, not 0"),
    ] {
        if status > 0 {
            *answers.lock().expect("nobody panicked") = Answers::This(status, body);
        }
        let (was_refused, told) = ask(token).await.expect_err(expected);
        assert!(told.ends_with(expected) && was_refused == is_refused, "{told}, not {expected}");
    }
}
