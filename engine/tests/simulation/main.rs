//! The shop in a simulated world: the very code that sells, on a PostgreSQL, a network and a clock that fail on purpose, all
//! of it decided by a seed.
//!
//! `make simulate SEED=7` tells the story of one seed; `SEEDS=` and `EVENTS=` say how far to look.

mod cluster;
mod faults;
mod goods;
mod history;
mod mutants;
mod people;
mod postgres;
mod random;
mod search;
mod shelves;
mod story;
mod world;

use search::Search;

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 0..20 {
        let (first, second) = (story::run(seed), story::run(seed));
        assert_eq!((first.events, first.trace), (second.events, second.trace), "seed {seed}");
    }
}

#[test]
fn every_promise_is_kept() {
    let found = Search::from_environment().run(None);
    eprintln!("{found}");
    assert!(found.bad.is_empty(), "{} of {} seeds break a promise", found.bad.len(), found.seeds);
    found.assert_that_nothing_rare_was_missed();
}
