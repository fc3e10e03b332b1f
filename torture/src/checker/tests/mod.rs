//! Notes and books that agree; then each lie that the checker has to see through, and which check has to see it.

mod lies;
mod world;

use world::World;

use crate::notes::Heard;

#[test]
fn what_agrees_is_not_doubted() {
    assert_eq!(World::new().findings(), []);
}

#[test]
fn each_lie_is_seen_by_the_check_that_is_there_for_it() {
    for (what, check, lie) in lies::LIES {
        let mut world = World::new();
        lie(&mut world);
        let findings = world.findings();
        assert!(findings.iter().any(|finding| finding.check == *check), "{what}: {check} is silent, {findings:?}");
    }
}

#[test]
fn one_window_may_be_refused_and_the_other_not() {
    let mut world = World::new();
    let refused = Heard::Refused { code: "out_of_stock".into(), short: Vec::new(), limit: None };
    world.claims[6].heard.push((9_000_000, refused.clone()));
    assert!(!world.findings().is_empty(), "whoever asks one after the other hears one thing");
    world.claims[6].twice = vec![(8_000_000, 9_000_000)];
    assert_eq!(world.findings(), []);
    // Two windows, and then it was refused in one alone: that excuses nothing.
    world.claims[6].heard.push((9_500_000, refused.clone()));
    assert!(!world.findings().is_empty(), "the second refusal is not of two windows");
    // Nor were two windows that nobody answered in.
    let mut world = World::new();
    world.claims[6].heard = vec![(7_000_000, refused)];
    world.claims[6].twice = vec![(6_100_000, 6_900_000)];
    assert!(world.findings().iter().any(|finding| finding.check == "refused-absent"), "it is there");
}

#[test]
fn one_window_may_hear_of_what_the_other_did() {
    let mut world = World::new();
    let nothing = Heard::Unclear { why: "503 standing_by".into() };
    let done = |replayed| Heard::Done { replayed, placed: None };
    world.claims[2].heard = vec![(1, nothing), (2, done(true)), (3, done(false))];
    assert!(!world.findings().is_empty(), "in one window it comes first");
    world.claims[2].twice = vec![(0, 3)];
    assert_eq!(world.findings(), []);
}

#[test]
fn no_check_is_without_a_lie() {
    let mut checks: Vec<_> = lies::LIES.iter().map(|(_, check, _)| *check).collect();
    checks.sort_unstable();
    checks.dedup();
    let expected = [
        "acknowledged-once",
        "answers-agree",
        "answers-known",
        "batches-gapless",
        "holds-end",
        "holds-match",
        "level-is-ledger",
        "limits-kept",
        "moves-as-told",
        "never-oversold",
        "nobody-elses",
        "nothing-was-nothing",
        "outbox-tells-all",
        "refusal-stale",
        "refusal-true",
        "refused-absent",
        "reserved-is-held",
        "seq-gapless",
        "stock-as-told",
    ];
    assert_eq!(checks, expected);
}
