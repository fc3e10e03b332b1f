//! What a model says that texts mean comes into the documents, and into the order of what is searched for.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::id::ProductId;
use engine::search::{EmbedderError, Embedding, Told, tell_meanings};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::*;

const HERE: Uuid = Uuid::from_u128(1);
const NEXT_DOOR: Uuid = Uuid::from_u128(2);

/// Of two dimensions: winter and summer. Whoever shouts is cold.
struct Seasons {
    name: &'static str,
    asked: Mutex<Vec<String>>,
    is_broken: AtomicBool,
    refuses_all: AtomicBool,
    /// Answers that it may give before it keeps whoever asks waiting.
    answers: Semaphore,
}

impl Seasons {
    fn called(name: &'static str) -> Arc<Self> {
        let (asked, answers) = (Mutex::default(), Semaphore::new(1_000));
        Arc::new(Self { name, asked, is_broken: AtomicBool::default(), refuses_all: AtomicBool::default(), answers })
    }

    /// Since this was asked last.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().expect("nobody panicked"))
    }

    fn meaning(text: &str) -> Embedding {
        let is = |signs: &[&str]| if signs.iter().any(|sign| text.contains(sign)) { 1.0 } else { 0.1 };
        Embedding::of("seasons", &[is(&["winter", "!"]), is(&["summer"])]).expect("a direction")
    }
}

impl Embedder for Seasons {
    fn model(&self) -> &str {
        self.name
    }

    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Embedding>, EmbedderError>> {
        async move {
            self.asked.lock().expect("nobody panicked").extend(texts.clone());
            self.answers.acquire().await.expect("never closed").forget();
            if self.is_broken.load(Ordering::Acquire) {
                return Err(EmbedderError::Unavailable("it is broken".to_owned()));
            }
            let refuses_all = self.refuses_all.load(Ordering::Acquire);
            if refuses_all || texts.iter().any(|text| text.contains("unspeakable")) {
                return Err(EmbedderError::Refused("there are no words for it".to_owned()));
            }
            Ok(texts.iter().map(|text| Self::meaning(text)).collect())
        }
        .boxed()
    }
}

impl Shop {
    fn with(embedder: &Arc<Seasons>) -> Self {
        Self { embedder: Some(embedder.clone()), ..Self::new() }
    }

    fn tell(&self, embedder: &Seasons, server: Uuid) -> Told {
        self.tell_after(embedder, server, None)
    }

    fn tell_after(&self, embedder: &Seasons, server: Uuid, after: Option<ProductId>) -> Told {
        let sources = self.sources();
        self.fixture.block_on(tell_meanings(&sources, embedder, server, after)).expect("the database is there")
    }

    fn told(&self, embedder: &Seasons) -> Vec<String> {
        assert_eq!(self.tell(embedder, HERE).trouble, None);
        let mut asked = embedder.asked();
        asked.sort();
        asked
    }
}

fn told(products: usize) -> Told {
    Told { products, ..Told::default() }
}

fn described(title: &str, sku: &str, description: &str) -> ProductDraft {
    ProductDraft { description: description.to_owned(), ..titled(title, sku) }
}

#[test]
fn products_are_told_once_and_again_when_they_are_told_otherwise() {
    let model = Seasons::called("seasons");
    let shop = Shop::with(&model);
    let acme = BrandDraft { name: "Acme".to_owned(), ..BrandDraft::default() };
    let acme = shop.fixture.block_on(shop.catalog.create_brand(STORE, acme)).expect("a brand");
    let (coat, _) =
        shop.product(ProductDraft { brand: Some(acme.slug.to_string()), ..described("Coat", "C-1", "For winter.") });
    let (hat, _) = shop.product(titled("Hat", "H-1"));
    assert_eq!(shop.told(&model), ["Acme Coat For winter.", "Hat"]);
    assert_eq!(shop.told(&model), [""; 0]);

    let hat = shop.change(&hat, ProductPatch { title: Some("Summer hat".to_owned()), ..ProductPatch::default() });
    assert_eq!(shop.told(&model), ["Summer hat"]);
    let renamed = BrandPatch { name: Some("Apex".to_owned()), ..BrandPatch::default() };
    shop.fixture.block_on(shop.catalog.change_brand(STORE, acme.id, acme.version, renamed)).expect("a change");
    assert_eq!(shop.told(&model), ["Apex Coat For winter."]);

    // What is not told: what nobody finds, what says nothing of what it is, and more than models read.
    shop.change(&hat, ProductPatch { status: Some(ProductStatus::Draft), ..ProductPatch::default() });
    let long = format!("{}summer", "x".repeat(300));
    shop.change(&coat, ProductPatch { tags: Some(vec!["wool".to_owned()]), ..ProductPatch::default() });
    shop.product(described("Scarf", "S-1", &long));
    assert_eq!(shop.told(&model), [format!("Scarf {}", "x".repeat(300))]);
    let other = Seasons::called("another");
    assert_eq!(shop.told(&other).len(), 2, "another model is told everything");
}

#[test]
fn what_products_mean_moves_them_among_what_was_found() {
    let model = Seasons::called("seasons");
    let shop = Shop::with(&model);
    let (summer, _) = shop.product(described("Light jacket", "J-1", "For summer evenings."));
    let (winter, _) = shop.product(described("Light jacket", "J-2", "For winter."));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    let similarities = |kept: &Kept, text: &str| {
        let embedding = Some(Seasons::meaning(text));
        let page = kept.find(Query { text: "jacket".to_owned(), embedding, explain: true, ..Query::default() });
        let told = |hit: search_index::Hit| {
            let meaning = hit.explanation.and_then(|explanation| explanation.meaning).expect("it was put in order");
            (hit.id, meaning.known.map(|known| known.similarity > 0.9))
        };
        page.hits.into_iter().map(told).collect::<std::collections::BTreeMap<_, _>>()
    };
    let expected = |summer_is, winter_is| {
        [(summer.id.to_string(), summer_is), (winter.id.to_string(), winter_is)].into_iter().collect()
    };
    assert_eq!(similarities(&kept, "winter"), expected(None, None));
    shop.told(&model);
    kept.catch_up();
    assert_eq!(similarities(&kept, "winter"), expected(Some(false), Some(true)));
    assert_eq!(similarities(&kept, "summer"), expected(Some(true), Some(false)));
    assert_eq!(kept.generation(), 1, "the documents are written again");
    // A whole new index knows it as well.
    let anew = tempfile::tempdir().expect("a directory");
    let mut anew = Kept::open_in(&shop, anew.path());
    anew.catch_up();
    assert_eq!(similarities(&anew, "winter"), expected(Some(false), Some(true)));
    // What another model said means nothing.
    let other = Seasons::called("other");
    let shop = Shop { embedder: Some(other), ..shop };
    let there = tempfile::tempdir().expect("a directory");
    let mut kept = Kept::open_in(&shop, there.path());
    kept.catch_up();
    assert_eq!(similarities(&kept, "winter"), expected(None, None));
}

#[test]
fn what_the_model_did_not_answer_is_asked_again() {
    let model = Seasons::called("seasons");
    let shop = Shop::with(&model);
    shop.product(titled("Winter coat", "C-1"));
    model.is_broken.store(true, Ordering::Release);
    let broken = EmbedderError::Unavailable("it is broken".to_owned());
    assert_eq!(shop.tell(&model, HERE).trouble, Some(broken));
    assert_eq!(shop.fixture.own.number("select count(*) from product_embeddings"), 0);
    model.is_broken.store(false, Ordering::Release);
    // Also by another server: perhaps it is this one alone that is not answered.
    assert_eq!(shop.tell(&model, NEXT_DOOR), told(1));
    assert_eq!(shop.fixture.own.number("select count(*) from outbox where topic = 'search.signals'"), 1);
}

#[test]
fn a_text_that_is_refused_stands_in_no_others_way() {
    let model = Seasons::called("seasons");
    let shop = Shop::with(&model);
    // More than are asked about at once.
    for n in 0..34 {
        shop.product(titled(&format!("Coat {n}"), &format!("C-{n}")));
    }
    let (odd, _) = shop.product(titled("An unspeakable coat", "X-1"));
    // One question at a time, and then the next.
    let first = shop.tell(&model, HERE);
    assert_eq!((first.products, first.last.is_some()), (32, true));
    assert_eq!(shop.tell_after(&model, HERE, first.last), told(2));
    assert_eq!(shop.fixture.own.number("select count(*) from product_embeddings where vector is not null"), 34);
    model.asked();
    assert_eq!(shop.told(&model), [""; 0], "it is not asked again and again");
    shop.change(&odd, ProductPatch { title: Some("A coat for winter".to_owned()), ..ProductPatch::default() });
    assert_eq!(shop.told(&model), ["A coat for winter"]);
    assert_eq!(shop.fixture.own.number("select count(*) from product_embeddings where vector is null"), 0);
    // Also where all are.
    shop.product(titled("Unspeakable: unspeakable", "X-2"));
    shop.product(titled("An unspeakable hat", "X-3"));
    assert_eq!(shop.tell(&model, HERE), told(0));
    assert_eq!(shop.fixture.own.number("select count(*) from product_embeddings where vector is null"), 2);
    // Whoever refuses everything is asked again.
    shop.product(titled("Hat", "H-1"));
    model.refuses_all.store(true, Ordering::Release);
    let reason = "it refuses plain texts as well: the embedding model refuses a text: there are no words for it";
    assert_eq!(shop.tell(&model, HERE).trouble, Some(EmbedderError::Unavailable(reason.to_owned())));
    model.refuses_all.store(false, Ordering::Release);
    assert_eq!(shop.tell(&model, HERE), told(1));
}

#[test]
fn what_was_asked_out_of_turn_is_kept_by_nobody() {
    let model = Seasons::called("seasons");
    let shop = Shop::with(&model);
    shop.product(titled("Winter coat", "C-1"));
    model.answers.forget_permits(1_000);
    let sources = shop.sources();
    let asking = tell_meanings(&sources, &*model, HERE, None);
    let (told, ()) = shop.fixture.block_on(futures_util::future::join(asking, async {
        while model.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        // It took so long that another server has the turn.
        let late = format!("update product_embeddings_turn set server = '{NEXT_DOOR}', until = 'infinity'");
        let mut connection = shop.fixture.database.connection().await.expect("a connection");
        diesel_async::RunQueryDsl::execute(diesel::sql_query(late), &mut connection).await.expect("an update");
        model.answers.add_permits(1);
    }));
    assert_eq!(told.expect("the database is there"), Told::default());
    assert_eq!(shop.fixture.own.number("select count(*) from product_embeddings"), 0);
}

#[test]
fn one_server_at_a_time_asks_about_products() {
    let model = Seasons::called("seasons");
    let shop = Shop::with(&model);
    shop.product(titled("Winter coat", "C-1"));
    assert_eq!(shop.tell(&model, HERE), told(1));
    shop.product(titled("Hat", "H-1"));
    assert_eq!(shop.tell(&model, NEXT_DOOR), Told::default());
    shop.fixture.clock.advance(TimeDelta::seconds(59));
    assert_eq!(shop.tell(&model, NEXT_DOOR), Told::default());
    // Whoever had the turn ended in the middle of it.
    shop.fixture.clock.advance(TimeDelta::seconds(2));
    assert_eq!(shop.tell(&model, NEXT_DOOR), told(1));
    assert_eq!(shop.tell(&model, HERE), Told::default());
}

/// The SKU of the first that is found.
fn first(shop: &Shop, search: &Search, text: &str) -> String {
    let page = shop.fixture.block_on(search.page(STORE, Query { text: text.to_owned(), ..Query::default() }));
    page.expect("a page").products.remove(0).card.sku
}

/// A search whose index knows what all three jackets mean. By words they are equals, of which the first stands first.
fn knowing(shop: &Shop, model: &Seasons, settings: &Settings) -> Search {
    for (sku, season) in [("J-1", "summer"), ("J-2", "winter"), ("J-3", "autumn")] {
        shop.product(described("Light jacket", sku, &format!("For {season} evenings.")));
    }
    assert_eq!(shop.told(model).len(), 3);
    let search = Search::start(shop.sources(), settings).expect("a search");
    testdb::eventually("all products", || {
        let found = search.search(STORE, Query::default()).ok()?;
        (found.total == 3).then_some(())
    });
    search
}

#[test]
fn a_search_asks_what_its_text_means_and_remembers_it() {
    let model = Seasons::called("seasons");
    let shop = Shop::with(&model);
    let search = knowing(&shop, &model, &settings(shop.dir.path()));
    assert_eq!(first(&shop, &search, "jacket"), "J-1");
    assert_eq!(first(&shop, &search, " jacket! "), "J-2");
    assert_eq!(first(&shop, &search, "jacket!"), "J-2");
    assert_eq!(model.asked(), ["jacket", "jacket!"], "each once");
    let by_price = Query { text: "jacket".to_owned(), sort: vec![Sort::PriceAscending], ..Query::default() };
    shop.fixture.block_on(search.page(STORE, by_price)).expect("a page");
    shop.fixture.block_on(search.page(STORE, Query::default())).expect("a page");
    assert_eq!(model.asked(), [""; 0], "nothing is to be put in order");
    shop.fixture.block_on(search.close());
}

#[test]
fn without_an_answer_the_words_decide() {
    let model = Seasons::called("seasons");
    let shop = Shop::with(&model);
    let impatient = Settings { meaning_patience: Duration::from_millis(50), ..settings(shop.dir.path()) };
    let search = knowing(&shop, &model, &impatient);
    model.answers.forget_permits(1_000);
    assert_eq!(first(&shop, &search, "jacket!"), "J-1");
    testdb::eventually("the question", || (model.asked() == ["jacket!"]).then_some(()));
    // What it answers late is for whoever types the same.
    model.answers.add_permits(1_000);
    testdb::eventually("the late answer", || (first(&shop, &search, "jacket!") == "J-2").then_some(()));
    model.asked();
    // It is asked on, and nobody waits for a moment.
    assert_eq!(first(&shop, &search, "jackets!"), "J-1");
    testdb::eventually("the question", || (model.asked() == ["jackets!"]).then_some(()));
    shop.fixture.block_on(search.close());
}

#[test]
fn a_model_that_is_broken_is_left_alone() {
    let model = Seasons::called("seasons");
    let shop = Shop::with(&model);
    let search = knowing(&shop, &model, &settings(shop.dir.path()));
    model.is_broken.store(true, Ordering::Release);
    assert_eq!(first(&shop, &search, "jacket!"), "J-1");
    assert_eq!(first(&shop, &search, "jackets!"), "J-1");
    assert_eq!(model.asked(), ["jacket!"]);
    model.is_broken.store(false, Ordering::Release);
    shop.fixture.clock.advance(TimeDelta::seconds(1));
    assert_eq!(first(&shop, &search, "jacket!"), "J-2");
    // What may be about a person is told to nobody.
    assert_eq!(first(&shop, &search, "jacket! ann@example.com"), "J-1");
    // A text that it refuses is no trouble.
    assert_eq!(first(&shop, &search, "unspeakable jacket!"), "J-1");
    assert_eq!(first(&shop, &search, "unspeakable jacket!"), "J-1");
    assert_eq!(model.asked(), ["jacket!", "unspeakable jacket!"]);
    shop.fixture.block_on(search.close());
}
