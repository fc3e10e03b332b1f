//! PURE. What is measured while a shop has more to do than it can, or worse company than it deserves.

/// How many buyers come, against as many as can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Load {
    Once,
    Twice,
    TenTimes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Taken {
    /// Planned arrivals.
    Offered,
    /// Those that this program, which shares the machine, could send in time.
    Sent,
    /// Orders.
    Goodput,
    /// Of all who were not turned away, those who got no answer among them.
    AdmittedP99,
    /// Let in, and left without an order or a clear no.
    Failed,
    TurnedAway,
    /// How fast "come back later" is said.
    TurnedAwayP50,
}

/// Who else is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    None,
    SlowHeads,
    HugeBodies,
    DeepJson,
    TinyRequests,
}

/// What honest shoppers do meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Honest {
    Look,
    Buy,
}

impl Load {
    pub(crate) const ALL: [Self; 3] = [Self::Once, Self::Twice, Self::TenTimes];

    pub(crate) fn times(self) -> u64 {
        match self {
            Self::Once => 1,
            Self::Twice => 2,
            Self::TenTimes => 10,
        }
    }
}

impl Taken {
    pub(super) fn name(self, load: Load) -> &'static str {
        match (load, self) {
            (Load::Once, Self::Offered) => "1x the peak: offered",
            (Load::Once, Self::Sent) => "1x the peak: sent",
            (Load::Once, Self::Goodput) => "1x the peak: orders",
            (Load::Once, Self::AdmittedP99) => "1x the peak: p99 of the admitted",
            (Load::Once, Self::Failed) => "1x the peak: let in, and no answer",
            (Load::Once, Self::TurnedAway) => "1x the peak: turned away",
            (Load::Once, Self::TurnedAwayP50) => "1x the peak: median of the turned away",
            (Load::Twice, Self::Offered) => "2x the peak: offered",
            (Load::Twice, Self::Sent) => "2x the peak: sent",
            (Load::Twice, Self::Goodput) => "2x the peak: orders",
            (Load::Twice, Self::AdmittedP99) => "2x the peak: p99 of the admitted",
            (Load::Twice, Self::Failed) => "2x the peak: let in, and no answer",
            (Load::Twice, Self::TurnedAway) => "2x the peak: turned away",
            (Load::Twice, Self::TurnedAwayP50) => "2x the peak: median of the turned away",
            (Load::TenTimes, Self::Offered) => "10x the peak: offered",
            (Load::TenTimes, Self::Sent) => "10x the peak: sent",
            (Load::TenTimes, Self::Goodput) => "10x the peak: orders",
            (Load::TenTimes, Self::AdmittedP99) => "10x the peak: p99 of the admitted",
            (Load::TenTimes, Self::Failed) => "10x the peak: let in, and no answer",
            (Load::TenTimes, Self::TurnedAway) => "10x the peak: turned away",
            (Load::TenTimes, Self::TurnedAwayP50) => "10x the peak: median of the turned away",
        }
    }
}

impl Trouble {
    pub(crate) const ALL: [Self; 5] =
        [Self::None, Self::SlowHeads, Self::HugeBodies, Self::DeepJson, Self::TinyRequests];

    pub(super) fn harm(self) -> &'static str {
        match self {
            Self::None => "attacks, left in peace",
            Self::SlowHeads => "heads that never end, open at once",
            Self::HugeBodies => "connections with huge bodies",
            Self::DeepJson => "requests with deep JSON",
            Self::TinyRequests => "tiny pipelined requests",
        }
    }

    /// Less would be no trouble.
    pub(super) fn harm_needed(self) -> u64 {
        match self {
            Self::None => 0,
            Self::SlowHeads => 5_000,
            Self::HugeBodies | Self::DeepJson => 32,
            Self::TinyRequests => 1_000_000,
        }
    }
}

impl Honest {
    pub(crate) const ALL: [Self; 2] = [Self::Look, Self::Buy];

    pub(crate) fn name(self, trouble: Trouble) -> &'static str {
        match (self, trouble) {
            (Self::Look, Trouble::None) => "product page, p99, left in peace",
            (Self::Look, Trouble::SlowHeads) => "product page, p99, beside heads that never end",
            (Self::Look, Trouble::HugeBodies) => "product page, p99, beside huge bodies",
            (Self::Look, Trouble::DeepJson) => "product page, p99, beside deep JSON",
            (Self::Look, Trouble::TinyRequests) => "product page, p99, beside tiny pipelined requests",
            (Self::Buy, Trouble::None) => "checkout, p99, left in peace",
            (Self::Buy, Trouble::SlowHeads) => "checkout, p99, beside heads that never end",
            (Self::Buy, Trouble::HugeBodies) => "checkout, p99, beside huge bodies",
            (Self::Buy, Trouble::DeepJson) => "checkout, p99, beside deep JSON",
            (Self::Buy, Trouble::TinyRequests) => "checkout, p99, beside tiny pipelined requests",
        }
    }
}
