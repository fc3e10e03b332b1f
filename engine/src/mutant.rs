//! Wrong variants of the protocol, one at a time, so that a simulation can show that it would notice them. Compiled in only
//! with the feature `mutants`; without it no switch is left in the program.

/// Each is a rule left out, named after it.
macro_rules! mutants {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Each is a rule left out, or turned round, and named after what happens then.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Mutant {
            $($(#[$doc])* $name,)*
        }

        impl Mutant {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

mutants! {
    // --- the cell
    NoFence,
    NoBump,
    NumberTrustedAcrossEpochs,
    BumpWithoutTheLock,
    TakeoverDoesNotWait,
    MemorySurvivesAnotherOwner,
    StandbyKeepsItsMemory,
    // --- the journal
    AnswerBeforeCommit,
    SettledAsDropped,
    UnknownMeansYes,
    SeqGivenOutAtAppend,
    DoneBeforeIsPoison,
    PoisonSpoilsTheBatch,
    WithdrawnIsWritten,
    TrailLeftOut,
    // --- the ledger and its actor
    GainSpentBeforeDurable,
    AdjustIgnoresTakes,
    CountIgnoresTakes,
    WaiterOvertaken,
    RefusedBesideTakes,
    LimitIgnoresTakes,
    DropForgetsTheLine,
    ReloadUnderOpenBundles,
    TakesLeak,
    // --- checkout
    SameSkuNotSummed,
    UnorderedTakes,
    RefusalBeforeTheKeyCheck,
    RefusalWithoutAHeartbeat,
    HeartbeatFromTheAnswer,
    SnapshotOutOfOrder,
    RefusalForgotten,
    OldQuoteAccepted,
    // --- carts and orders
    CartUpsertAfterConversion,
    CartNotFrozen,
    ExpiryNotJournaled,
    ConfirmDuringCancel,
    ExpiresTooEarly,
    NoGraceAfterAnOutage,
    NoGraceAfterStandingStill,
}

#[cfg(feature = "mutants")]
thread_local! {
    static ON: std::cell::Cell<Option<Mutant>> = const { std::cell::Cell::new(None) };
}

/// From now on, on this thread.
#[cfg(feature = "mutants")]
pub fn switch(mutant: Option<Mutant>) {
    ON.set(mutant);
}

#[cfg(feature = "mutants")]
pub fn is_on(mutant: Mutant) -> bool {
    ON.get() == Some(mutant)
}

#[cfg(not(feature = "mutants"))]
#[inline(always)]
pub const fn is_on(_: Mutant) -> bool {
    false
}
