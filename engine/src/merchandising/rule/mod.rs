//! PURE. Rules that move products, for some texts and for some time.

use chrono::SubsecRound;
use search_index as index;

use crate::catalog::{FieldErrors, Fields, Slug, Title};
use crate::clock::Timestamp;
use crate::id::{ProductId, SearchRuleId, StoreId};

use super::phrase::Phrase;

const PINS_MAX: usize = 50;
const PERCENT_MAX: u16 = 1000;
/// In characters; of attributes' keys and values.
const TEXT_MAX: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub id: SearchRuleId,
    pub store_id: StoreId,
    /// By which an explanation of a search names it; unique in its store.
    pub name: Title,
    pub when: When,
    pub effect: Effect,
    /// One that is not active waits to be switched on.
    pub active: bool,
    /// It holds from then on.
    pub starts_at: Option<Timestamp>,
    /// It holds until just before.
    pub ends_at: Option<Timestamp>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// For which texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Every text, and none.
    Always,
    /// These words in any form and order, and no others.
    Is(Phrase),
    /// These words in any form and order, and perhaps others.
    Contains(Phrase),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// These products first, in this order.
    Pin(Vec<ProductId>),
    /// Above 100 percent it is boosted, below buried; 0 leaves it out.
    Weigh { target: Target, percent: u16 },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Product(ProductId),
    Brand(Slug),
    /// With all that is below it.
    Category(Slug),
    Attribute {
        key: String,
        value: String,
    },
}

/// A rule as someone wrote it down.
#[derive(Debug, Clone, Default)]
pub struct RuleDraft {
    pub name: String,
    /// `always`, `is`, `contains`.
    pub when: String,
    /// What it is or contains.
    pub text: Option<String>,
    pub effect: Option<EffectDraft>,
    pub active: bool,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub enum EffectDraft {
    Pin(Vec<String>),
    Weigh { target: TargetDraft, percent: i64 },
}

/// One of them says what is meant.
#[derive(Debug, Clone, Default)]
pub struct TargetDraft {
    pub product: Option<String>,
    pub brand: Option<String>,
    pub category: Option<String>,
    /// Key and value.
    pub attribute: Option<(String, String)>,
}

/// What shall be different; none: as it is.
#[derive(Debug, Clone, Default)]
pub struct RulePatch {
    pub name: Option<String>,
    pub when: Option<String>,
    pub text: Option<Option<String>>,
    pub effect: Option<EffectDraft>,
    pub active: Option<bool>,
    pub starts_at: Option<Option<Timestamp>>,
    pub ends_at: Option<Option<Timestamp>>,
}

/// The parsed fields.
pub(super) struct ParsedRule {
    pub(super) name: Title,
    pub(super) when: When,
    pub(super) effect: Effect,
    pub(super) starts_at: Option<Timestamp>,
    pub(super) ends_at: Option<Timestamp>,
}

impl ParsedRule {
    /// As it is when it is made.
    pub(super) fn into_rule(self, id: SearchRuleId, store_id: StoreId, active: bool, now: Timestamp) -> Rule {
        let Self { name, when, effect, starts_at, ends_at } = self;
        let (created_at, updated_at) = (now, now);
        Rule { id, store_id, name, when, effect, active, starts_at, ends_at, version: 1, created_at, updated_at }
    }
}

impl RuleDraft {
    pub(super) fn parse(&self) -> Result<ParsedRule, FieldErrors> {
        let mut fields = Fields::default();
        let name = fields.name("/name", &self.name, Title::parse(&self.name));
        let when = when(&mut fields, &self.when, self.text.as_deref());
        let effect = match &self.effect {
            Some(EffectDraft::Pin(products)) => Some(Effect::Pin(pinned(&mut fields, products))),
            Some(EffectDraft::Weigh { target, percent }) => weighed(&mut fields, target, *percent),
            None => {
                fields.refuse("", "required", "pin or weigh");
                None
            }
        };
        let (starts_at, ends_at) = (self.starts_at.map(stored), self.ends_at.map(stored));
        if let (Some(starts_at), Some(ends_at)) = (starts_at, ends_at)
            && ends_at <= starts_at
        {
            fields.refuse("/ends_at", "out_of_range", "it ends after it starts");
        }
        let parsed = name.zip(when).zip(effect);
        fields.give(parsed.map(|((name, when), effect)| ParsedRule { name, when, effect, starts_at, ends_at }))
    }
}

/// PostgreSQL keeps microseconds; what is answered now is what is read later.
fn stored(time: Timestamp) -> Timestamp {
    time.trunc_subsecs(6)
}

fn when(fields: &mut Fields, kind: &str, text: Option<&str>) -> Option<When> {
    let of_text: fn(Phrase) -> When = match kind {
        "always" => {
            if text.is_some() {
                fields.refuse("/text", "unknown", "a rule for every text has none of its own");
            }
            return Some(When::Always);
        }
        "is" => When::Is,
        "contains" => When::Contains,
        _ => {
            fields.refuse("/when", "unknown", "always, is or contains");
            return None;
        }
    };
    match Phrase::parse(text.unwrap_or("")) {
        Ok(phrase) => Some(of_text(phrase)),
        Err(error) => {
            fields.refuse("/text", error.code(), error);
            None
        }
    }
}

fn pinned(fields: &mut Fields, products: &[String]) -> Vec<ProductId> {
    if products.is_empty() {
        fields.refuse("/pin", "required", "at least one product");
    }
    fields.count("/pin", products.len(), PINS_MAX);
    let mut pinned = Vec::new();
    for (n, text) in products.iter().take(PINS_MAX).enumerate() {
        let place = format!("/pin/{n}");
        match text.parse() {
            Err(_) => fields.refuse(&place, "invalid", "the id of a product"),
            Ok(id) if pinned.contains(&id) => fields.refuse(&place, "duplicate", "it is pinned already"),
            Ok(id) => pinned.push(id),
        }
    }
    pinned
}

fn weighed(fields: &mut Fields, draft: &TargetDraft, percent: i64) -> Option<Effect> {
    let given = u16::try_from(percent).ok().filter(|percent| *percent <= PERCENT_MAX);
    fields.range("/weigh/percent", percent, 0..=i64::from(PERCENT_MAX));
    let TargetDraft { product, brand, category, attribute } = draft;
    let target = match (product, brand, category, attribute) {
        (Some(product), None, None, None) => {
            let id = product.parse().ok().map(Target::Product);
            if id.is_none() {
                fields.refuse("/weigh/product", "invalid", "the id of a product");
            }
            id
        }
        (None, Some(slug), None, None) => fields.name("/weigh/brand", slug, Slug::parse(slug)).map(Target::Brand),
        (None, None, Some(slug), None) => fields.name("/weigh/category", slug, Slug::parse(slug)).map(Target::Category),
        (None, None, None, Some((key, value))) => {
            for (name, text) in [("key", key), ("value", value)] {
                let place = format!("/weigh/attribute/{name}");
                if text.trim().is_empty() {
                    fields.refuse(&place, "required", "an attribute has a key and a value");
                }
                fields.text(&place, text, TEXT_MAX);
            }
            Some(Target::Attribute { key: key.trim().to_owned(), value: value.trim().to_owned() })
        }
        _ => {
            fields.refuse("/weigh", "required", "one of product, brand, category, attribute");
            None
        }
    };
    Some(Effect::Weigh { target: target?, percent: given? })
}

impl Rule {
    /// Whether it holds now.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.active && self.starts_at.is_none_or(|at| at <= now) && self.ends_at.is_none_or(|at| now < at)
    }

    /// When that will be otherwise.
    pub(super) fn changes_after(&self, now: Timestamp) -> Option<Timestamp> {
        let moments = [self.starts_at, self.ends_at].into_iter().flatten();
        moments.filter(|at| self.active && *at > now).min()
    }

    pub(super) fn draft(&self) -> RuleDraft {
        let (when, text) = self.when.parts();
        let effect = match &self.effect {
            Effect::Pin(products) => EffectDraft::Pin(products.iter().map(ProductId::to_string).collect()),
            Effect::Weigh { target, percent } => {
                EffectDraft::Weigh { target: target.draft(), percent: i64::from(*percent) }
            }
        };
        RuleDraft {
            name: self.name.to_string(),
            when: when.to_owned(),
            text: text.map(Phrase::to_string),
            effect: Some(effect),
            active: self.active,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }

    /// As the index takes it.
    pub(super) fn for_index(&self) -> index::Merchandising {
        let when = match &self.when {
            When::Always => index::When::Always,
            When::Is(phrase) => index::When::Is(phrase.to_string()),
            When::Contains(phrase) => index::When::Contains(phrase.to_string()),
        };
        let effect = match &self.effect {
            Effect::Pin(products) => index::Effect::Pin(products.iter().map(ProductId::to_string).collect()),
            Effect::Weigh { target, percent } => {
                index::Effect::Weigh { target: target.for_index(), percent: u32::from(*percent) }
            }
        };
        index::Merchandising { name: self.name.to_string(), when, effect }
    }
}

impl When {
    /// What it is called, and its text.
    pub fn parts(&self) -> (&'static str, Option<&Phrase>) {
        match self {
            Self::Always => ("always", None),
            Self::Is(phrase) => ("is", Some(phrase)),
            Self::Contains(phrase) => ("contains", Some(phrase)),
        }
    }
}

impl Target {
    fn draft(&self) -> TargetDraft {
        let mut draft = TargetDraft::default();
        match self {
            Self::Product(id) => draft.product = Some(id.to_string()),
            Self::Brand(slug) => draft.brand = Some(slug.to_string()),
            Self::Category(slug) => draft.category = Some(slug.to_string()),
            Self::Attribute { key, value } => draft.attribute = Some((key.clone(), value.clone())),
        }
        draft
    }

    fn for_index(&self) -> index::Target {
        match self {
            Self::Product(id) => index::Target::Product(id.to_string()),
            Self::Brand(slug) => index::Target::Brand(slug.to_string()),
            Self::Category(slug) => index::Target::Category(slug.to_string()),
            Self::Attribute { key, value } => index::Target::Attribute { key: key.clone(), value: value.clone() },
        }
    }
}

impl RulePatch {
    pub(super) fn onto(self, draft: RuleDraft) -> RuleDraft {
        // A rule that becomes one for every text loses its own.
        let of_every_text = self.when.as_deref() == Some("always");
        let text = self.text.unwrap_or(if of_every_text { None } else { draft.text });
        RuleDraft {
            name: self.name.unwrap_or(draft.name),
            when: self.when.unwrap_or(draft.when),
            text,
            effect: self.effect.or(draft.effect),
            active: self.active.unwrap_or(draft.active),
            starts_at: self.starts_at.unwrap_or(draft.starts_at),
            ends_at: self.ends_at.unwrap_or(draft.ends_at),
        }
    }
}

#[cfg(test)]
mod tests;
