//! Whether the simulation would notice: each wrong variant of the protocol must be found out within fifty seeds, of days on
//! which it can show.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::mutant::Mutant;

use crate::search::Search;
use crate::story::Day;

const SEEDS: u64 = 50;

/// When it shows; none: on any day.
fn days(mutant: Mutant) -> &'static [Day] {
    match mutant {
        Mutant::NoFence => &[Day::LockLost],
        Mutant::RefusalBeforeTheKeyCheck => &[Day::Forgetful],
        Mutant::SnapshotOutOfOrder => &[Day::Calm],
        Mutant::OldQuoteAccepted => &[Day::Calm],
        Mutant::RefusalForgotten => &[Day::Stormy, Day::Ordinary],
        Mutant::TakeoverDoesNotWait => &[Day::Stormy],
        Mutant::MemorySurvivesAnotherOwner
        | Mutant::StandbyKeepsItsMemory
        | Mutant::RefusalWithoutAHeartbeat
        | Mutant::HeartbeatFromTheAnswer
        | Mutant::CartUpsertAfterConversion => &[Day::Split],
        Mutant::PoisonSpoilsTheBatch
        | Mutant::GainSpentBeforeDurable
        | Mutant::AdjustIgnoresTakes
        | Mutant::CountIgnoresTakes
        | Mutant::LimitIgnoresTakes
        | Mutant::DropForgetsTheLine
        | Mutant::SameSkuNotSummed
        | Mutant::UnorderedTakes => &[Day::Thick],
        Mutant::CartNotFrozen => &[Day::Calm, Day::Thick],
        Mutant::WaiterOvertaken => &[Day::Rush],
        Mutant::ReloadUnderOpenBundles | Mutant::WithdrawnIsWritten => &[Day::Panics],
        Mutant::DoneBeforeIsPoison => &[Day::Forgetful],
        Mutant::NoGraceAfterAnOutage | Mutant::NoGraceAfterStandingStill => &[Day::Stormy, Day::Ordinary],
        Mutant::NumberTrustedAcrossEpochs
        | Mutant::NoBump
        | Mutant::BumpWithoutTheLock
        | Mutant::AnswerBeforeCommit
        | Mutant::SettledAsDropped
        | Mutant::UnknownMeansYes
        | Mutant::SeqGivenOutAtAppend
        | Mutant::TrailLeftOut
        | Mutant::RefusedBesideTakes
        | Mutant::TakesLeak
        | Mutant::ExpiryNotJournaled
        | Mutant::ConfirmDuringCancel
        | Mutant::ExpiresTooEarly => &[],
    }
}

#[test]
fn no_mutant_survives() {
    let (next, told) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(mutant) = Mutant::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = Search::of(SEEDS, days(*mutant)).run(Some(*mutant));
                    let first = found.bad.into_iter().next();
                    told.lock().expect("no panic").push((*mutant, found.seeds, first));
                }
            });
        }
    });
    let told = told.into_inner().expect("no panic");
    for (mutant, seeds, first) in &told {
        let finding = first.as_ref().and_then(|(_, findings)| findings.first());
        eprintln!("{:<28} {seeds:>3} seeds: {}", format!("{mutant:?}"), finding.map_or("SURVIVED", String::as_str));
    }
    let survivors: Vec<_> = told.iter().filter(|(_, _, first)| first.is_none()).map(|(mutant, ..)| mutant).collect();
    assert!(survivors.is_empty(), "these would not be noticed: {survivors:?}");
}
