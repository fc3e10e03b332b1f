//! What an import did.

use engine::transfer::{Kept, Rejection, Summary};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = ImportSummary)]
pub(super) struct SummaryView {
    rows: u64,
    /// Rows that were not taken, each with at least one rejection.
    rejected: u64,
    /// Rows that asked for nothing new.
    unchanged: u64,
    products: MadeView,
    variants: MadeView,
    stock: CountsView,
    /// The first of them.
    rejections: Vec<RejectionView>,
    /// How many more there were.
    rejections_left_out: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ImportMade)]
struct MadeView {
    created: u64,
    changed: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ImportCounts)]
struct CountsView {
    set: u64,
    unchanged: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ImportRejection)]
struct RejectionView {
    line: u64,
    /// Where the row says what it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<String>,
    /// Empty: the row as a whole.
    #[schema(example = "price")]
    field: String,
    #[schema(example = "invalid")]
    code: String,
    reason: String,
}

impl From<(Summary, Kept)> for SummaryView {
    fn from((summary, kept): (Summary, Kept)) -> Self {
        Self {
            rows: summary.rows,
            rejected: summary.rejected,
            unchanged: summary.unchanged,
            products: MadeView { created: summary.products_created, changed: summary.products_changed },
            variants: MadeView { created: summary.variants_created, changed: summary.variants_changed },
            stock: CountsView { set: summary.stock_set, unchanged: summary.stock_unchanged },
            rejections: kept.first.into_iter().map(RejectionView::from).collect(),
            rejections_left_out: kept.left_out,
        }
    }
}

impl From<Rejection> for RejectionView {
    fn from(rejection: Rejection) -> Self {
        let Rejection { line, sku, field, code, reason } = rejection;
        Self { line, sku, field, code, reason }
    }
}
