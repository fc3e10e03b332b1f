//! Counting and showing the choices that narrow a result.
//!
//! Every facet is counted without its own filter, so that the alternatives to what is selected
//! keep their numbers. What is shown is bounded: the categories around the selected ones, the most
//! frequent brands and values, and those attributes that divide the result best.

mod at_least;
mod attribute;
mod category;
mod counts;
mod range;

use std::cmp::Reverse;

pub(crate) use category::{NEAREST, nearest_categories};
pub(crate) use counts::{Counted, Counts};

use crate::dictionary::Dictionary;
use crate::document::Availability;
use crate::page::{Bucket, Facet, FacetKind};
use crate::price_range::PriceRange;
use crate::query::Filters;

const BRANDS_SHOWN: usize = 30;

/// What facets are made of.
pub(crate) struct Choices<'a> {
    pub(crate) store: u32,
    pub(crate) counts: &'a Counts,
    /// What was counted.
    pub(crate) counted: &'a [Counted<'a>],
    pub(crate) filters: &'a Filters,
    pub(crate) dictionary: &'a Dictionary,
}

impl Choices<'_> {
    pub(crate) fn facets(&self) -> Vec<Facet> {
        let mut facets =
            vec![self.category(), self.brand(), self.price(), self.rating(), self.discount(), self.availability()];
        facets.extend(self.attributes());
        facets.retain(|facet| !facet.buckets.is_empty());
        facets
    }

    fn brand(&self) -> Facet {
        let selected = &self.filters.brands;
        let counted = self.counts.brands.iter().zip(0u32..).map(|(count, number)| {
            let name = self.dictionary.brands.get(number);
            let is_selected = name.store == self.store && contains(selected, &name.slug);
            bucket(&name.slug, &name.label, *count, is_selected)
        });
        term_facet("brand", "Brand", most_frequent(counted, BRANDS_SHOWN))
    }

    fn price(&self) -> Facet {
        let wanted = (self.filters.price_min, self.filters.price_max);
        let ranges = range_buckets(self.counts.prices.ranges(), wanted, |minor| minor.to_string());
        Facet { kind: FacetKind::Range, ..term_facet("price", "Price", ranges) }
    }

    fn availability(&self) -> Facet {
        let counted = Availability::ALL.into_iter().map(|availability| {
            let label = match availability {
                Availability::InStock => "In stock",
                Availability::Low => "Low stock",
                Availability::SoldOut => "Sold out",
            };
            let count = self.counts.availability[usize::from(availability.to_u8())];
            let is_selected = self.filters.availability.contains(&availability);
            bucket(availability.name(), label, count, is_selected)
        });
        let shown = counted.filter(|bucket| bucket.count > 0 || bucket.selected);
        term_facet("availability", "Availability", shown.collect())
    }
}

/// The selected ones, whatever their count, and the most frequent others, in order of their counts.
fn most_frequent(buckets: impl Iterator<Item = Bucket>, shown: usize) -> Vec<Bucket> {
    let (mut selected, mut others): (Vec<Bucket>, Vec<Bucket>) =
        buckets.filter(|bucket| bucket.count > 0 || bucket.selected).partition(|bucket| bucket.selected);
    sort_by_count(&mut others);
    others.truncate(shown.saturating_sub(selected.len()));
    selected.append(&mut others);
    sort_by_count(&mut selected);
    selected
}

fn sort_by_count(buckets: &mut [Bucket]) {
    buckets.sort_by(|a, b| (Reverse(a.count), &a.label, &a.value).cmp(&(Reverse(b.count), &b.label, &b.value)));
}

fn range_buckets(
    ranges: Vec<PriceRange>,
    wanted: (Option<i64>, Option<i64>),
    written: impl Fn(i64) -> String,
) -> Vec<Bucket> {
    let text = |bound: Option<i64>| bound.map(&written).unwrap_or_default();
    let ranges = ranges.into_iter().map(|range| {
        let value = format!("{}..{}", text(range.from), text(range.to));
        let is_selected = (range.from, range.to) == wanted;
        let bucket = bucket(&value, &value, range.count, is_selected);
        Bucket { from: range.from, to: range.to, ..bucket }
    });
    ranges.collect()
}

fn contains(values: &[String], value: &str) -> bool {
    values.iter().any(|selected| selected == value)
}

fn term_facet(key: &str, label: &str, buckets: Vec<Bucket>) -> Facet {
    Facet { key: key.to_owned(), label: label.to_owned(), kind: FacetKind::Term, approximate: false, buckets }
}

fn bucket(value: &str, label: &str, count: u64, selected: bool) -> Bucket {
    Bucket { value: value.to_owned(), label: label.to_owned(), count, selected, parent: None, from: None, to: None }
}
