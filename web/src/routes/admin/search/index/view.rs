//! The index as staff sees it.

use engine::clock::Timestamp;
use engine::search::{Health, Progress, Status};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = SearchIndex)]
pub(super) struct IndexView {
    /// Whether there is one to ask.
    serves: bool,
    /// Counts how often it was made anew.
    generation: Option<u64>,
    /// Products of all stores, with the marks left by deleted ones.
    documents: Option<u64>,
    bytes_on_disk: u64,
    /// How long ago it last listened to what changed; null: not since this server started.
    heard_ms_ago: Option<i64>,
    /// Why it has to be made anew; null: it need not be.
    #[schema(example = "the index is damaged: seg.idx fails its checksum")]
    damage: Option<String>,
    /// Null: it is not being made anew.
    rebuild: Option<RebuildView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SearchIndexRebuild)]
struct RebuildView {
    /// `reading` products, `merging` what was read, or `catching_up` with what changed meanwhile.
    #[schema(example = "reading")]
    phase: &'static str,
    /// Products added.
    done: u64,
    /// Products there were when it began.
    total: u64,
    /// Products added in a second.
    per_s: u64,
}

impl IndexView {
    pub(super) fn of(health: &Health, now: Timestamp) -> Self {
        let (generation, documents, reason) = match &health.status {
            Status::Ready { generation, documents, .. } => (Some(*generation), Some(*documents), None),
            Status::NeedsRebuild(reason) => (None, None, Some(reason)),
        };
        Self {
            serves: generation.is_some(),
            generation,
            documents,
            bytes_on_disk: health.bytes_on_disk,
            heard_ms_ago: health.heard.map(|heard| (now - heard.at).num_milliseconds().max(0)),
            damage: reason.or(health.damage.as_ref()).map(ToString::to_string),
            rebuild: health.rebuild.map(RebuildView::from),
        }
    }
}

impl From<Progress> for RebuildView {
    fn from(progress: Progress) -> Self {
        let Progress { phase, done, total, .. } = progress;
        Self { phase: phase.name(), done, total, per_s: progress.per_s() }
    }
}
