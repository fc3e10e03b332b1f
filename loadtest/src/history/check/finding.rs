//! What can be wrong with a history, in words.

use std::collections::BTreeMap;
use std::fmt;

use crate::history::call::Verb;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Two requests were told that the same change is theirs.
    SeqTwice {
        account: String,
        seq: i64,
        keys: [u64; 2],
    },
    /// Changes are missing that nobody can have made.
    Gap {
        account: String,
        missing: u64,
        first: i64,
        unknown: u64,
    },
    /// More was promised than there was.
    Oversold {
        account: String,
        seq: i64,
        key: String,
        asked: i64,
        at_most: i64,
    },
    /// Refused, and there was enough.
    PhantomRefusal {
        account: String,
        seq: i64,
        key: u64,
        asked: i64,
        left: i64,
    },
    /// Another number was told than was left.
    OtherLeft {
        account: String,
        seq: i64,
        key: u64,
        told: i64,
        left: (i64, i64),
    },
    /// A change that was asked for after another had been acknowledged stands before it.
    OutOfOrder {
        account: String,
        earlier: (u64, i64),
        later: (u64, i64),
    },
    /// It rests on less than was known when it was asked for.
    Stale {
        account: String,
        key: u64,
        seq: i64,
        known: i64,
    },
    /// It rests on what was not even asked for when it was told.
    FromTheFuture {
        account: String,
        key: u64,
        seq: i64,
        change: i64,
    },
    /// The same request was answered differently.
    ReplayDiffers {
        verb: Verb,
        key: u64,
    },
    RefusedAndDone {
        verb: Verb,
        key: u64,
    },
    /// Not all of what was asked for was told, or more.
    NotWhole {
        verb: Verb,
        key: u64,
    },
    /// Refused, and it was not told of what there was too little.
    Unfounded {
        verb: Verb,
        key: u64,
    },
    /// What ended was not held, or not any more.
    EndedTwice {
        account: String,
        seq: i64,
        key: String,
    },
    EndedInPart {
        account: String,
        seq: i64,
        key: String,
        held: i64,
        ended: i64,
    },
    HeldTwice {
        account: String,
        seq: i64,
        key: String,
    },
    /// The level that was read is not what the changes add up to.
    OtherLevel {
        account: String,
        seq: i64,
        told: String,
        known: String,
    },
    /// The ledger has this change otherwise than it was told.
    LedgerDiffers {
        account: String,
        seq: i64,
        told: (i64, i64),
        ledger: (i64, i64),
    },
    /// Acknowledged, and the ledger does not have it.
    Lost {
        account: String,
        seq: i64,
        key: u64,
    },
    LedgerTwice {
        account: String,
        seq: i64,
    },
    /// Written before a change that has a lower number.
    BatchBackwards {
        account: String,
        seq: i64,
        batch: i64,
        before: i64,
    },
    /// Each stands before the next at some account that both change, and the last before the first.
    Crossed {
        keys: Vec<u64>,
    },
    /// At some of its accounts, and not at all of them.
    OrderInPart {
        order: u32,
        kind: &'static str,
        rows: usize,
        begun: usize,
    },
    /// The ledger has what nobody asked for, or not as it was asked for.
    Unasked {
        what: String,
    },
    /// Less than nothing on the shelf, or more promised than there is.
    Impossible {
        account: String,
        seq: i64,
        level: String,
    },
}

/// All of them are counted, the first ones of each kind are kept.
#[derive(Default)]
pub(crate) struct Findings {
    kept: Vec<Finding>,
    counts: BTreeMap<&'static str, u64>,
}

const KEPT_OF_A_KIND: u64 = 5;

impl Findings {
    pub(crate) fn add(&mut self, finding: Finding) {
        self.add_with(finding.name(), || finding);
    }

    /// Makes the words only if they are kept: in a broken history there may be millions.
    fn add_with(&mut self, name: &'static str, finding: impl FnOnce() -> Finding) {
        let count = self.counts.entry(name).or_default();
        *count += 1;
        if *count <= KEPT_OF_A_KIND {
            self.kept.push(finding());
        }
    }

    pub(crate) fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// How often each kind was found.
    pub(crate) fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

impl Finding {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::SeqTwice { .. } => "one change, two requests",
            Self::Gap { .. } => "gap",
            Self::Oversold { .. } => "oversold",
            Self::PhantomRefusal { .. } => "phantom refusal",
            Self::OtherLeft { .. } => "another number left",
            Self::OutOfOrder { .. } => "out of order",
            Self::Stale { .. } => "stale",
            Self::FromTheFuture { .. } => "from the future",
            Self::ReplayDiffers { .. } => "repeat differs",
            Self::RefusedAndDone { .. } => "refused and done",
            Self::NotWhole { .. } => "not whole",
            Self::Unfounded { .. } => "unfounded refusal",
            Self::EndedTwice { .. } => "ended without being held",
            Self::EndedInPart { .. } => "ended in part",
            Self::HeldTwice { .. } => "held twice",
            Self::OtherLevel { .. } => "another level",
            Self::LedgerDiffers { .. } => "ledger differs",
            Self::Lost { .. } => "lost",
            Self::LedgerTwice { .. } => "twice in the ledger",
            Self::BatchBackwards { .. } => "batch backwards",
            Self::Crossed { .. } => "crossed",
            Self::OrderInPart { .. } => "order in part",
            Self::Unasked { .. } => "unasked",
            Self::Impossible { .. } => "impossible level",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: ", self.name())?;
        match self {
            Self::SeqTwice { account, seq, keys: [one, other] } => {
                write!(to, "change {seq} of {account} was acknowledged to keys {one} and {other}")
            }
            Self::Gap { account, missing, first, unknown } => write!(
                to,
                "{missing} changes of {account} are missing, the first is {first}; {unknown} calls may have made one in time"
            ),
            Self::Oversold { account, seq, key, asked, at_most } => {
                write!(to, "change {seq} of {account} promised {asked} to {key}, at most {at_most} were left")
            }
            Self::PhantomRefusal { account, seq, key, asked, left } => {
                write!(to, "key {key} was refused {asked} of {account} at {seq}, {left} were left")
            }
            Self::OtherLeft { account, seq, key, told, left: (least, most) } => {
                write!(to, "key {key} was told that {told} of {account} are left at {seq}; it was {least} to {most}")
            }
            Self::OutOfOrder { account, earlier: (key, seq), later: (after, after_seq) } => write!(
                to,
                "of {account}, key {key} was acknowledged as {seq} before key {after} was asked, which is {after_seq}"
            ),
            Self::Stale { account, key, seq, known } => {
                write!(to, "key {key} was told {account} as of {seq}; {known} had been told before it was asked")
            }
            Self::FromTheFuture { account, key, seq, change } => {
                write!(to, "key {key} was told {account} as of {seq}, before change {change} was asked for")
            }
            Self::ReplayDiffers { verb, key } => {
                write!(to, "{} of key {key} was acknowledged with other changes when it was repeated", verb.name())
            }
            Self::RefusedAndDone { verb, key } => write!(to, "{} of key {key} was refused, and done", verb.name()),
            Self::NotWhole { verb, key } => {
                write!(to, "{} of key {key} was acknowledged without a change for each of its lines", verb.name())
            }
            Self::Unfounded { verb, key } => {
                write!(to, "{} of key {key} was not told of what too few are left", verb.name())
            }
            Self::EndedTwice { account, seq, key } => {
                write!(to, "change {seq} of {account} ends what {key} does not hold")
            }
            Self::EndedInPart { account, seq, key, held, ended } => {
                write!(to, "change {seq} of {account} ends {ended} of the {held} that {key} holds")
            }
            Self::HeldTwice { account, seq, key } => write!(to, "change {seq} of {account} holds for {key} once more"),
            Self::OtherLevel { account, seq, told, known } => {
                write!(to, "{account} was read at {seq} as {told}; its changes add up to {known}")
            }
            Self::LedgerDiffers { account, seq, told: (on_hand, reserved), ledger } => write!(
                to,
                "change {seq} of {account} is {on_hand} on hand, {reserved} reserved as it was told, and {}, {} in the ledger",
                ledger.0, ledger.1
            ),
            Self::Lost { account, seq, key } => {
                write!(to, "change {seq} of {account} was acknowledged to key {key}, the ledger does not have it")
            }
            Self::LedgerTwice { account, seq } => write!(to, "change {seq} of {account}"),
            Self::BatchBackwards { account, seq, batch, before } => {
                write!(to, "change {seq} of {account} was written in batch {batch}, one before it in batch {before}")
            }
            Self::Crossed { keys } => {
                let keys = keys.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
                write!(to, "of keys {keys} each comes before the next at some account, and the last before the first")
            }
            Self::OrderInPart { order, kind, rows, begun } => {
                write!(
                    to,
                    "order no. {order} of the ledger has {begun} accounts, {kind} is at {rows} of them, or not at once"
                )
            }
            Self::Unasked { what } => write!(to, "{what}"),
            Self::Impossible { account, seq, level } => write!(to, "{account} after {seq}: {level}"),
        }
    }
}
