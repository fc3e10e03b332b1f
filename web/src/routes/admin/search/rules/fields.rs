//! What a rule does, as an admin writes it down.

use engine::merchandising::{EffectDraft, TargetDraft};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::ApiError;

/// What is weighed: one of `product`, `brand`, `category`, `attribute`; and how much.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WeighDraft, example = json!({ "brand": "acme", "percent": 150 }))]
pub(super) struct WeighFields {
    /// The id of a product.
    product: Option<String>,
    /// A brand's slug.
    brand: Option<String>,
    /// A category's slug: with all that is below it.
    category: Option<String>,
    attribute: Option<AttributeFields>,
    /// Of the score that a product has without the rule: above 100 it is boosted, below it is buried, 0 leaves it out.
    #[schema(minimum = 0, maximum = 1000, example = 150)]
    percent: i64,
}

/// Products with this value of an attribute.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WeighedAttributeDraft)]
pub(super) struct AttributeFields {
    #[schema(min_length = 1, max_length = 200, example = "color")]
    key: String,
    #[schema(min_length = 1, max_length = 200, example = "red")]
    value: String,
}

/// A rule does one thing.
pub(super) fn effect(pin: Option<Vec<String>>, weigh: Option<WeighFields>) -> Result<Option<EffectDraft>, ApiError> {
    match (pin, weigh) {
        (None, None) => Ok(None),
        (Some(products), None) => Ok(Some(EffectDraft::Pin(products))),
        (None, Some(weigh)) => Ok(Some(weigh.into_draft())),
        (Some(_), Some(_)) => Err(ApiError::invalid("/weigh", "a rule pins or weighs, and does not do both")),
    }
}

impl WeighFields {
    fn into_draft(self) -> EffectDraft {
        let Self { product, brand, category, attribute, percent } = self;
        let attribute = attribute.map(|AttributeFields { key, value }| (key, value));
        EffectDraft::Weigh { target: TargetDraft { product, brand, category, attribute }, percent }
    }
}
