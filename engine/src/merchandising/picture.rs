//! PURE. How synonyms and rules look in the audit trail.

use serde_json::{Value, json};

use super::phrase::Phrase;
use super::rule::{Effect, Rule, Target};
use super::synonym::Synonym;

fn texts(phrases: &[Phrase]) -> Vec<&str> {
    phrases.iter().map(Phrase::as_str).collect()
}

impl Synonym {
    pub(super) fn picture(&self) -> Value {
        json!({ "words": texts(&self.words), "means": texts(&self.means), "version": self.version })
    }
}

impl Rule {
    pub(super) fn picture(&self) -> Value {
        let (when, text) = self.when.parts();
        let (pin, weigh) = match &self.effect {
            Effect::Pin(products) => (json!(products), Value::Null),
            Effect::Weigh { target, percent } => (Value::Null, weighed(target, *percent)),
        };
        json!({
            "name": self.name,
            "when": when,
            "text": text.map(Phrase::as_str),
            "pin": pin,
            "weigh": weigh,
            "active": self.active,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "version": self.version,
        })
    }
}

fn weighed(target: &Target, percent: u16) -> Value {
    match target {
        Target::Product(id) => json!({ "product": id, "percent": percent }),
        Target::Brand(slug) => json!({ "brand": slug, "percent": percent }),
        Target::Category(slug) => json!({ "category": slug, "percent": percent }),
        Target::Attribute { key, value } => {
            json!({ "attribute": { "key": key, "value": value }, "percent": percent })
        }
    }
}
