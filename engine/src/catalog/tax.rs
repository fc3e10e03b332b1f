//! PURE. Tax classes: what rate a variant is taxed at. A class keeps its code for ever, for variants refer to it by that.

use crate::clock::Timestamp;
use crate::id::StoreId;
use crate::pricing::TaxRate;

use super::field::{FieldErrors, Fields};
use super::name::{Code, Title};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxClass {
    pub store_id: StoreId,
    /// What variants refer to it by: `standard`.
    pub code: Code,
    pub name: Title,
    pub rate: TaxRate,
    pub version: i64,
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A tax class as someone wrote it down.
#[derive(Debug, Clone, Default)]
pub struct TaxClassDraft {
    pub code: String,
    pub name: String,
    pub rate_bp: i64,
    pub inclusive: bool,
}

/// What shall be different; none: as it is.
#[derive(Debug, Clone, Default)]
pub struct TaxClassPatch {
    pub name: Option<String>,
    pub rate_bp: Option<i64>,
    pub inclusive: Option<bool>,
}

/// The parsed fields.
pub(super) struct ParsedTaxClass {
    pub(super) code: Code,
    pub(super) name: Title,
    pub(super) rate: TaxRate,
}

/// Ten times the price: beyond it somebody mistook the unit.
const RATE_MAX_BP: i64 = 100_000;

impl TaxClassDraft {
    pub(super) fn parse(&self) -> Result<ParsedTaxClass, FieldErrors> {
        let mut fields = Fields::default();
        let code = fields.name("/code", &self.code, Code::parse(&self.code));
        let name = fields.name("/name", &self.name, Title::parse(&self.name));
        let rate_bp = u32::try_from(fields.range("/rate_bp", self.rate_bp, 0..=RATE_MAX_BP)).unwrap_or_default();
        let rate = TaxRate { rate_bp, inclusive: self.inclusive };
        fields.give(code.zip(name).map(|(code, name)| ParsedTaxClass { code, name, rate }))
    }
}

impl TaxClass {
    pub(super) fn draft(&self) -> TaxClassDraft {
        TaxClassDraft {
            code: self.code.to_string(),
            name: self.name.to_string(),
            rate_bp: self.rate.rate_bp.into(),
            inclusive: self.rate.inclusive,
        }
    }
}

impl TaxClassPatch {
    pub(super) fn onto(self, draft: TaxClassDraft) -> TaxClassDraft {
        TaxClassDraft {
            code: draft.code,
            name: self.name.unwrap_or(draft.name),
            rate_bp: self.rate_bp.unwrap_or(draft.rate_bp),
            inclusive: self.inclusive.unwrap_or(draft.inclusive),
        }
    }
}

/// A class at 18 %, contained in the price.
#[cfg(test)]
pub(super) fn sample(code: &str) -> TaxClass {
    TaxClass {
        store_id: StoreId::MAIN,
        code: Code::stored(code),
        name: Title::stored(code),
        rate: TaxRate { rate_bp: 1800, inclusive: true },
        version: 1,
        archived_at: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_in_basis_points_and_within_reason() {
        let check = |rate_bp, code: &str, answer: &str| {
            let draft = TaxClassDraft { code: code.to_owned(), name: "GST".to_owned(), rate_bp, inclusive: true };
            assert_eq!(draft.parse().map_or_else(|errors| errors.to_string(), |_| "fine".to_owned()), answer);
        };
        check(0, "gst_0", "fine");
        check(100_000, "gst-1000", "fine");
        check(-1, "gst", "/rate_bp: 0 to 100000, not -1");
        check(i64::MAX, "gst", &format!("/rate_bp: 0 to 100000, not {}", i64::MAX));
        let told = "/code: a code is 1 to 64 lower-case letters, digits, hyphens and underscores, the first no sign";
        for code in ["", "GST", "_gst", "a b", "a/b", "é", &"a".repeat(65)] {
            check(1800, code, told);
        }
    }
}
