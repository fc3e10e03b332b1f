//! The shop's rules, applied to the documents of a segment.
#![expect(clippy::float_arithmetic, reason = "factors of scores")]

use std::collections::HashMap;

use tantivy::{DocId, SegmentReader};

use crate::dictionary::Dictionary;
use crate::ranking::{PINS_MAX, Ruled};
use crate::rules::{Effect, Merchandising, Target};
use crate::schema::Fields;
use crate::segment::{Segment, find_by_id};

/// The rules that apply to one search.
pub(crate) struct Promotion<'a> {
    /// Ids, in their order.
    pub(crate) pinned: Vec<&'a str>,
    weighed: Vec<Weighed<'a>>,
}

struct Weighed<'a> {
    name: &'a str,
    factor: f32,
    what: What<'a>,
}

enum What<'a> {
    Product(&'a str),
    Brand(Option<u32>),
    Category(Option<u32>),
    Attribute(Option<u32>),
}

/// The same within one segment.
pub(crate) struct Promoted<'a> {
    promotion: &'a Promotion<'a>,
    pinned: HashMap<DocId, usize>,
    /// The document that each rule for a product means.
    products: Vec<Option<DocId>>,
}

impl<'a> Promotion<'a> {
    /// A product that two rules pin stands where the first puts it.
    pub(crate) fn new(rules: &[&'a Merchandising], store: u32, dictionary: &Dictionary) -> Promotion<'a> {
        let mut promotion = Promotion { pinned: Vec::new(), weighed: Vec::new() };
        for rule in rules {
            match &rule.effect {
                Effect::Pin(ids) => {
                    for id in ids {
                        if !promotion.pinned.contains(&id.as_str()) && promotion.pinned.len() < PINS_MAX {
                            promotion.pinned.push(id);
                        }
                    }
                }
                Effect::Weigh { target, percent } => {
                    let factor = *percent as f32 / 100.0;
                    let what = What::of(target, store, dictionary);
                    promotion.weighed.push(Weighed { name: &rule.name, factor, what });
                }
            }
        }
        promotion
    }

    /// Whether products may be weighed down to nothing.
    pub(crate) fn leaves_out(&self) -> bool {
        self.weighed.iter().any(|weighed| weighed.factor <= 0.0)
    }

    pub(crate) fn within(&'a self, reader: &SegmentReader, fields: &Fields) -> tantivy::Result<Promoted<'a>> {
        let mut pinned = HashMap::new();
        for (place, id) in self.pinned.iter().enumerate() {
            pinned.extend(find_by_id(reader, fields.id, id)?.map(|doc| (doc, place)));
        }
        let mut products = Vec::new();
        for weighed in &self.weighed {
            products.push(match weighed.what {
                What::Product(id) => find_by_id(reader, fields.id, id)?,
                What::Brand(_) | What::Category(_) | What::Attribute(_) => None,
            });
        }
        Ok(Promoted { promotion: self, pinned, products })
    }
}

impl<'a> What<'a> {
    fn of(target: &'a Target, store: u32, dictionary: &Dictionary) -> What<'a> {
        match target {
            Target::Product(id) => What::Product(id),
            Target::Brand(slug) => What::Brand(dictionary.brands.find(store, slug)),
            Target::Category(slug) => What::Category(dictionary.categories.find(store, slug)),
            Target::Attribute { key, value } => {
                let key = dictionary.attribute_keys.find(store, key);
                What::Attribute(key.and_then(|key| dictionary.attributes.find(key, value)))
            }
        }
    }
}

impl Promoted<'_> {
    /// Whether no document of the segment is moved.
    pub(crate) fn is_neutral(&self) -> bool {
        self.pinned.is_empty() && self.promotion.weighed.is_empty()
    }

    /// Weighed down to nothing is left out.
    pub(crate) fn of(&self, segment: &Segment, doc: DocId) -> Ruled {
        let factor = self.factors(segment, doc).map(|(_, factor)| factor).product();
        let pinned = if self.pinned.is_empty() { None } else { self.pinned.get(&doc).copied() };
        Ruled { pinned, factor }
    }

    /// What each rule that means this document makes of its score.
    pub(crate) fn factors(&self, segment: &Segment, doc: DocId) -> impl Iterator<Item = (&str, f32)> {
        let rules = self.promotion.weighed.iter().zip(&self.products);
        let applying = rules.filter(move |(weighed, product)| match weighed.what {
            What::Product(_) => **product == Some(doc),
            What::Brand(number) => number.is_some_and(|number| segment.brands.of(doc).contains(&number)),
            What::Category(number) => number.is_some_and(|number| segment.categories.of(doc).contains(&number)),
            What::Attribute(number) => number.is_some_and(|number| segment.attributes.of(doc).contains(&number)),
        });
        applying.map(|(weighed, _)| (weighed.name, weighed.factor))
    }
}
