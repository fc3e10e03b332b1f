//! Synonyms and rules over PostgreSQL: kept, told of, heard by other servers, and given to each search.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use diesel_async::AsyncPgConnection;
use engine::audit::{self, Actor, Filter};
use engine::catalog::{Catalog, ProductDraft};
use engine::clock::Clock;
use engine::id::{ProductId, StoreId, SynonymId};
use engine::idempotency::Made;
use engine::merchandising::{
    EffectDraft, Error, Merchandising, RULES_MAX, Rule, RuleDraft, RulePatch, SYNONYMS_MAX, Synonym, SynonymDraft,
    SynonymPatch, TargetDraft,
};
use engine::search::{Pace, Query, Search, Settings, Sources};
use engine::searched;
use search_index::{Effect, Rules, Target, When};

use crate::fixture::Fixture;

const STORE: StoreId = StoreId::MAIN;

struct Shop {
    rules: Merchandising,
    catalog: Catalog,
    fixture: Fixture,
}

impl Shop {
    fn new() -> Self {
        let fixture = Fixture::new();
        let catalog = Catalog::new(fixture.database.clone(), fixture.clock.clone(), fixture.ids.clone());
        Self { rules: another(&fixture), catalog, fixture }
    }

    fn product(&self) -> ProductId {
        let draft = ProductDraft { title: "Lamp".to_owned(), ..ProductDraft::default() };
        self.fixture.block_on(self.catalog.create_product(STORE, draft)).expect("a product").0.id
    }

    fn synonym(&self, words: &[&str], means: &[&str]) -> Synonym {
        let draft = SynonymDraft { words: texts(words), means: texts(means) };
        now(self.fixture.block_on(self.rules.make_synonym(STORE, draft, None)).expect("a synonym"))
    }

    fn rule(&self, draft: RuleDraft) -> Result<Rule, Error> {
        self.fixture.block_on(self.rules.make_rule(STORE, draft, None)).map(now)
    }

    /// The names of the rules that hold.
    fn in_force(&self) -> Arc<Rules> {
        self.rules.in_force().of(STORE)
    }
}

/// As another server has them.
fn another(fixture: &Fixture) -> Merchandising {
    Merchandising::new(fixture.database.clone(), fixture.clock.clone(), fixture.ids.clone())
}

fn now<T>(made: Made<T>) -> T {
    match made {
        Made::Now(thing) => thing,
        Made::Before(kept) => panic!("it was made before: {kept}"),
    }
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn pin(name: &str, products: &[ProductId]) -> RuleDraft {
    let effect = EffectDraft::Pin(products.iter().map(ProductId::to_string).collect());
    RuleDraft {
        name: name.to_owned(),
        when: "contains".to_owned(),
        text: Some("lamp".to_owned()),
        effect: Some(effect),
        active: true,
        ..RuleDraft::default()
    }
}

fn pinned(name: &str, products: &[ProductId]) -> search_index::Merchandising {
    search_index::Merchandising {
        name: name.to_owned(),
        when: When::Contains("lamp".to_owned()),
        effect: Effect::Pin(products.iter().map(ProductId::to_string).collect()),
    }
}

fn refusal(error: &Error) -> String {
    match error {
        Error::Invalid(errors) => {
            errors.iter().map(|e| format!("{} {}", e.pointer, e.code)).collect::<Vec<_>>().join(", ")
        }
        other @ (Error::NotFound(_)
        | Error::VersionConflict { .. }
        | Error::Full { .. }
        | Error::KeyInFlight
        | Error::KeyReused
        | Error::Database(_)
        | Error::OutcomeUnknown(_)) => other.to_string(),
    }
}

#[test]
fn a_synonym_is_kept_changed_and_removed() {
    let shop = Shop::new();
    let sofa = shop.synonym(&["sofa", "couch"], &[]);
    let laptop = shop.synonym(&["notebook"], &["laptop"]);
    let list = |after| shop.fixture.block_on(shop.rules.synonyms_after(STORE, after, 9)).expect("a list");
    assert_eq!(list(None), [sofa.clone(), laptop.clone()]);
    assert_eq!(list(Some(sofa.id)), std::slice::from_ref(&laptop));
    let two = [(vec!["sofa", "couch"], vec![]), (vec!["notebook"], vec!["laptop"])];
    let synonym =
        |(words, means): (Vec<&str>, Vec<&str>)| search_index::Synonym { words: texts(&words), means: texts(&means) };
    assert_eq!(*shop.in_force(), Rules::new(two.into_iter().map(synonym).collect(), vec![]));

    let patch = SynonymPatch { means: Some(texts(&["portable"])), ..SynonymPatch::default() };
    let change = |expected, patch| shop.fixture.block_on(shop.rules.change_synonym(STORE, laptop.id, expected, patch));
    let changed = change(Some(1), patch.clone()).expect("seen at 1");
    assert_eq!((changed.version, changed.words, changed.means.len()), (2, laptop.words.clone(), 1));
    assert!(matches!(change(Some(1), patch), Err(Error::VersionConflict { current: 2 })));
    let wrong = SynonymPatch { words: Some(texts(&["PORTABLE"])), ..SynonymPatch::default() };
    assert_eq!(refusal(&change(None, wrong).expect_err("twice the same")), "/means/0 duplicate");

    let remove = |expected| shop.fixture.block_on(shop.rules.remove_synonym(STORE, laptop.id, expected));
    assert!(matches!(remove(Some(1)), Err(Error::VersionConflict { current: 2 })));
    remove(Some(2)).expect("seen at 2");
    assert!(matches!(remove(None), Err(Error::NotFound(_))));
    assert_eq!(list(None), [sofa]);
    let next_door = StoreId::from_uuid(uuid::Uuid::from_u128(7));
    let id = SynonymId::from_uuid(laptop.id.uuid());
    assert!(matches!(shop.fixture.block_on(shop.rules.synonym(next_door, id)), Err(Error::NotFound(_))));
}

#[test]
fn a_rule_names_what_is_there() {
    let shop = Shop::new();
    let (one, two) = (shop.product(), shop.product());
    let nobodys = ProductId::from_uuid(uuid::Uuid::from_u128(7));
    let weigh = |target| RuleDraft { effect: Some(EffectDraft::Weigh { target, percent: 50 }), ..pin("Weigh", &[]) };
    let (brand, none) = (|slug: &str| Some(slug.to_owned()), TargetDraft::default);
    for (draft, told) in [
        (pin("Pin", &[nobodys, one, nobodys]), "/pin/2 duplicate"),
        (pin("Pin", &[one, nobodys]), "/pin/1 unknown"),
        (weigh(TargetDraft { product: Some(nobodys.to_string()), ..none() }), "/weigh/product unknown"),
        (weigh(TargetDraft { brand: brand("acme"), ..none() }), "/weigh/brand unknown"),
        (weigh(TargetDraft { category: brand("lamps"), ..none() }), "/weigh/category unknown"),
    ] {
        assert_eq!(refusal(&shop.rule(draft).expect_err(told)), told);
    }
    let rule = shop.rule(pin("Lamps", &[two, one])).expect("a rule");
    assert_eq!(refusal(&shop.rule(pin("Lamps", &[one])).expect_err("the name is taken")), "/name taken");
    let read = shop.fixture.block_on(shop.rules.rule(STORE, rule.id)).expect("it is there");
    assert_eq!(read, rule);
    assert_eq!(*shop.in_force(), Rules::new(vec![], vec![pinned("Lamps", &[two, one])]));

    // Any attribute may be weighed; and what is weighed instead of pinned is read back whole.
    let attribute = TargetDraft { attribute: Some(("color".to_owned(), "red".to_owned())), ..none() };
    let patch = RulePatch {
        when: Some("always".to_owned()),
        effect: Some(EffectDraft::Weigh { target: attribute, percent: 0 }),
        ..RulePatch::default()
    };
    let changed = shop.fixture.block_on(shop.rules.change_rule(STORE, rule.id, Some(1), patch)).expect("seen at 1");
    let read = shop.fixture.block_on(shop.rules.rules_after(STORE, None, 9)).expect("a list");
    assert_eq!(read, [changed]);
    let target = Target::Attribute { key: "color".to_owned(), value: "red".to_owned() };
    let always = search_index::Merchandising {
        name: "Lamps".to_owned(),
        when: When::Always,
        effect: Effect::Weigh { target, percent: 0 },
    };
    assert_eq!(*shop.in_force(), Rules::new(vec![], vec![always]));
}

#[test]
fn a_rule_begins_and_ends_at_its_moment() {
    let shop = Shop::new();
    let lamp = shop.product();
    let minutes = |minutes| Some(shop.fixture.clock.now() + TimeDelta::minutes(minutes));
    shop.rule(RuleDraft { starts_at: minutes(10), ends_at: minutes(20), ..pin("Sale", &[lamp]) }).expect("a rule");
    shop.rule(RuleDraft { active: false, ..pin("Off", &[lamp]) }).expect("a rule");
    let holds = |names: &[&str]| {
        let rules = names.iter().map(|name| pinned(name, &[lamp])).collect();
        assert_eq!(*shop.in_force(), Rules::new(vec![], rules));
    };
    holds(&[]);
    shop.fixture.clock.advance(TimeDelta::minutes(9));
    holds(&[]);
    shop.fixture.clock.advance(TimeDelta::minutes(1));
    holds(&["Sale"]);
    let read_later = another(&shop.fixture);
    shop.fixture.block_on(read_later.read_all()).expect("read");
    assert_eq!(read_later.in_force().of(STORE), shop.in_force());
    shop.fixture.clock.advance(TimeDelta::minutes(10));
    holds(&[]);
}

#[test]
fn a_rule_that_cannot_be_read_does_nothing_and_the_others_do() {
    let shop = Shop::new();
    let lamp = shop.product();
    shop.rule(pin("Broken", &[lamp])).expect("a rule");
    shop.rule(pin("Sale", &[lamp])).expect("a rule");
    shop.fixture.own.sql(
        "update search_rules set pinned = null, target = 'product', target_value = 'no id', percent = 50
         where name = 'Broken'",
    );
    let read_later = another(&shop.fixture);
    shop.fixture.block_on(read_later.read_all()).expect("read");
    assert_eq!(*read_later.in_force().of(STORE), Rules::new(vec![], vec![pinned("Sale", &[lamp])]));
    shop.fixture.block_on(shop.rules.read_again(STORE)).expect("read again");
    assert_eq!(shop.in_force(), read_later.in_force().of(STORE));
}

#[test]
fn other_servers_hear_of_a_change_and_say_so() {
    let shop = Shop::new();
    shop.synonym(&["sofa", "couch"], &[]);
    let elsewhere = another(&shop.fixture);
    let told = Arc::<Mutex<Vec<StoreId>>>::default();
    let tell = Arc::clone(&told);
    let tasks = shop
        .fixture
        .block_on(elsewhere.start(move |store| tell.lock().expect("no panic").push(store)))
        .expect("the database is there");
    assert_eq!(elsewhere.in_force().of(STORE), shop.in_force(), "what was there is read at the start");
    let lamp = shop.product();
    shop.rule(pin("Lamps", &[lamp])).expect("a rule");
    testdb::eventually("the rule", || (elsewhere.in_force().of(STORE) == shop.in_force()).then_some(()));
    testdb::eventually("word of it", || told.lock().expect("no panic").contains(&STORE).then_some(()));
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
}

#[test]
fn each_change_leaves_its_line_and_a_refused_one_leaves_nothing() {
    let shop = Shop::new();
    let lamp = shop.product();
    let sofa = shop.synonym(&["sofa", "couch"], &[]);
    let patch = SynonymPatch { means: Some(texts(&["settee"])), ..SynonymPatch::default() };
    shop.fixture
        .block_on(shop.rules.on_behalf_of(Actor::OPERATOR).change_synonym(STORE, sofa.id, None, patch))
        .expect("changed");
    shop.fixture.block_on(shop.rules.remove_synonym(STORE, sofa.id, None)).expect("removed");
    let rule = shop.rule(pin("Lamps", &[lamp])).expect("a rule");
    shop.rule(pin("Lamps", &[lamp])).expect_err("the name is taken");
    shop.fixture.block_on(shop.rules.remove_rule(STORE, rule.id, Some(7))).expect_err("it is at 1");
    let lines = shop.fixture.block_on(async {
        let mut connection = shop.fixture.database.connection().await.expect("a connection");
        let connection: &mut AsyncPgConnection = &mut connection;
        audit::store::page(connection, STORE, &Filter::default(), None, 100).await.expect("read")
    });
    let told: Vec<_> = lines.iter().rev().map(|line| (line.action.as_str(), line.who.kind())).collect();
    assert_eq!(
        told,
        [
            ("product.create", "shop"),
            ("synonym.create", "shop"),
            ("synonym.change", "operator"),
            ("synonym.remove", "shop"),
            ("search_rule.create", "shop"),
        ]
    );
    let changed = lines.iter().find(|line| line.action == "synonym.change").expect("it is told");
    assert_eq!(changed.before, Some(serde_json::json!({ "means": [], "version": 1 })));
    assert_eq!(changed.after, Some(serde_json::json!({ "means": ["settee"], "version": 2 })));
    assert_eq!(shop.fixture.own.number("select count(*) from outbox where topic = 'merchandising'"), 4);
}

#[test]
fn a_shop_has_so_many_rules_and_no_more() {
    let shop = Shop::new();
    let store = STORE.uuid();
    shop.fixture.own.sql(format!(
        "insert into search_synonyms (id, store_id, words, means, version, created_at, updated_at)
         select gen_random_uuid(), '{store}', array['a', 'b'], '{{}}', 1, now(), now() from generate_series(2, {SYNONYMS_MAX});
         insert into search_rules (id, store_id, name, condition, target, target_value, percent, active, version, created_at,
                                   updated_at)
         select gen_random_uuid(), '{store}', n, 'always', 'brand', 'acme', 50, true, 1, now(), now()
         from generate_series(2, {RULES_MAX}) n"
    ));
    let lamp = shop.product();
    shop.synonym(&["sofa", "couch"], &[]);
    shop.rule(pin("Lamps", &[lamp])).expect("the last one");
    let full = shop.rule(pin("More", &[lamp])).expect_err("it is full");
    assert_eq!(full.to_string(), "a store has at most 1000 rules");
    let draft = SynonymDraft { words: texts(&["a", "b"]), means: vec![] };
    let full = shop.fixture.block_on(shop.rules.make_synonym(STORE, draft, None));
    assert!(matches!(full, Err(Error::Full { max: SYNONYMS_MAX, .. })));
}

#[test]
fn every_search_is_asked_with_the_rules_of_its_store() {
    let shop = Shop::new();
    let dir = tempfile::tempdir().expect("a directory");
    let settings = Settings {
        dir: dir.path().to_owned(),
        commit_interval: Duration::ZERO,
        writer_memory_bytes: 16 << 20,
        rebuild: Pace { memory_bytes: 16 << 20, ..Pace::default() },
        poll_interval: Duration::from_millis(5),
        popularity_interval: Duration::from_secs(3600),
        meaning_interval: Duration::from_secs(3600),
        meaning_patience: Duration::from_secs(5),
    };
    let clock: Arc<dyn Clock> = shop.fixture.clock.clone();
    let sources = Sources::new(shop.fixture.database.clone(), shop.catalog.clone(), Arc::clone(&clock));
    let log = searched::Log::new(shop.fixture.database.clone(), clock);
    let search = Search::start(sources, &settings).expect("a search");
    let search = search.heeding(shop.rules.in_force().clone(), log.popular().clone());
    let typed = Query { text: "lamp".to_owned(), ..Query::default() };
    assert_eq!(*search.of_store(STORE, typed.clone()).rules, Rules::default());
    let lamp = shop.product();
    shop.rule(pin("Lamps", &[lamp])).expect("a rule");
    let asked = search.of_store(STORE, typed.clone());
    assert_eq!((asked.store, asked.text), (STORE.to_string(), "lamp".to_owned()));
    assert_eq!(*asked.rules, Rules::new(vec![], vec![pinned("Lamps", &[lamp])]));
    let next_door = StoreId::from_uuid(uuid::Uuid::from_u128(7));
    assert_eq!(*search.of_store(next_door, typed).rules, Rules::default());
    shop.fixture.block_on(search.close());
}
