//! A rule as staff see it.

use engine::id::{ProductId, SearchRuleId};
use engine::merchandising::{Effect, Phrase, Rule, Target};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::admin::thing::Thing;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = SearchRule, example = json!({
    "id": "rule_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7", "name": "Summer sale", "when": "contains", "text": "shirt",
    "pin": null, "weigh": { "brand": "acme", "percent": 150 }, "active": true, "starts_at": null,
    "ends_at": "2026-11-30T18:30:00.000Z", "version": 1, "created_at": "2026-11-27T18:30:00.000Z",
    "updated_at": "2026-11-27T18:30:00.000Z"
}))]
pub(super) struct RuleView {
    #[schema(value_type = String, example = "rule_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: SearchRuleId,
    name: String,
    /// `always`, `is` or `contains`.
    when: &'static str,
    /// Of a rule that is not for every text.
    text: Option<String>,
    /// These products first, in this order. Null: the rule weighs.
    #[schema(value_type = Option<Vec<String>>)]
    pin: Option<Vec<ProductId>>,
    /// Null: the rule pins.
    weigh: Option<WeighView>,
    active: bool,
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    #[schema(format = DateTime)]
    ends_at: Option<String>,
    /// Send it as `If-Match`, in quotes.
    version: i64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// What is weighed: one of `product`, `brand`, `category`, `attribute`; and how much.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Weigh, example = json!({ "brand": "acme", "percent": 150 }))]
struct WeighView {
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<AttributeView>,
    percent: u16,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WeighedAttribute)]
struct AttributeView {
    #[schema(example = "color")]
    key: String,
    #[schema(example = "red")]
    value: String,
}

impl From<Rule> for RuleView {
    fn from(rule: Rule) -> Self {
        let (when, text) = rule.when.parts();
        let text = text.map(Phrase::to_string);
        let (pin, weigh) = match rule.effect {
            Effect::Pin(products) => (Some(products), None),
            Effect::Weigh { target, percent } => (None, Some(WeighView::new(target, percent))),
        };
        Self {
            id: rule.id,
            name: rule.name.to_string(),
            when,
            text,
            pin,
            weigh,
            active: rule.active,
            starts_at: rule.starts_at.map(rfc3339),
            ends_at: rule.ends_at.map(rfc3339),
            version: rule.version,
            created_at: rfc3339(rule.created_at),
            updated_at: rfc3339(rule.updated_at),
        }
    }
}

impl WeighView {
    fn new(target: Target, percent: u16) -> Self {
        let view = Self { percent, ..Self::default() };
        match target {
            Target::Product(id) => Self { product: Some(id.to_string()), ..view },
            Target::Brand(slug) => Self { brand: Some(slug.to_string()), ..view },
            Target::Category(slug) => Self { category: Some(slug.to_string()), ..view },
            Target::Attribute { key, value } => Self { attribute: Some(AttributeView { key, value }), ..view },
        }
    }
}

impl Thing for RuleView {
    const COLLECTION: &'static str = "/api/v1/admin/search/rules";

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn version(&self) -> i64 {
        self.version
    }
}
