//! A process that keeps the index is killed in the middle of whatever it is at, again and again: commits, merges, rebuilds.
//! What the next one makes of what it finds is the database, document by document.

use std::process::{Child, Command, Stdio};

use engine::clock::{ManualClock, RandomIds};
use engine::postgres::Database;

use super::*;

const ROUNDS: u64 = 15;
/// On a machine that is busy it takes longer until one of them has made an index before it is killed.
const ROUNDS_MAX: u64 = 150;
const DATABASE: &str = "DOORBUSTER_TEST_KILLED_DATABASE";
const DIR: &str = "DOORBUSTER_TEST_KILLED_DIR";

/// Not a test of its own: what the other one starts and kills. It commits each change, and makes the index anew all the time.
#[test]
fn the_one_that_is_killed() {
    let (Ok(url), Ok(dir)) = (std::env::var(DATABASE), std::env::var(DIR)) else { return };
    let io = testdb::Io::start();
    let database = Database::new(&url, 4, io.handle().clone());
    let noon = chrono::DateTime::from_timestamp(1_767_268_800, 0).expect("a time that exists");
    let clock = Arc::new(ManualClock::at(noon));
    let catalog = Catalog::new(database.clone(), Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(RandomIds));
    let sources = Sources::new(database, catalog, clock);
    let search = Search::start(sources, &settings(Path::new(&dir))).expect("a search");
    loop {
        // One that fails is tried again, until the end comes.
        let _ = io.block_on(search.rebuild());
    }
}

fn start(shop: &Shop) -> Child {
    let program = std::env::current_exe().expect("this program");
    Command::new(program)
        .args(["--exact", "search::killed::the_one_that_is_killed", "--nocapture"])
        .env(DATABASE, shop.fixture.url())
        .env(DIR, shop.dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process")
}

#[test]
fn no_document_is_lost_however_often_whoever_writes_them_is_killed() {
    let shop = Shop::new();
    let mut products: Vec<(Product, Variant)> = Vec::new();
    // Any numbers do; these repeat.
    let mut dice = 0x9e37_79b9_u64;
    let mut throw = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let (mut round, mut generations) = (0, 0);
    // Who picks the index up makes none but the first: where there are more, one of those that were killed made it, and died
    // over the next.
    while round < ROUNDS || generations < 2 {
        round += 1;
        assert!(round <= ROUNDS_MAX, "none made an index before it was killed");
        let mut child = start(&shop);
        for change in 0..10 + throw(60) {
            let pick = usize::try_from(throw(products.len() as u64 + 1)).expect("a small number");
            match products.get_mut(pick) {
                Some((_, variant)) if throw(3) == 0 => {
                    shop.stock(variant, i64::try_from(throw(9)).expect("a small number"), 0);
                }
                Some((product, _)) => {
                    let status = if throw(4) == 0 { ProductStatus::Draft } else { ProductStatus::Active };
                    let title = format!("Lamp of round {round}, change {change}");
                    let patch = ProductPatch { title: Some(title), status: Some(status), ..ProductPatch::default() };
                    *product = shop.change(product, patch);
                }
                None => {
                    let (lamp, mut variants) = shop.product(titled("Lamp", &format!("L-{round}-{change}")));
                    products.push((lamp, variants.remove(0)));
                }
            }
        }
        child.kill().expect("it lives");
        child.wait().expect("it is gone");
        let mut kept = Kept::open(&shop);
        kept.catch_up();
        let compared = kept.compared();
        assert!(compared.is_equal(), "round {round}: {compared:?}");
        generations = kept.generation();
    }
}
