//! Categories, brands and popular queries that go with what was typed.

use std::cmp::Reverse;

use super::fit::{Fit, Typed};
use super::{PopularQueries, SuggestedName};
use crate::dictionary;
use crate::segment::Segment;
use crate::snapshot::Snapshot;
use crate::terms::Terms;

pub(super) struct Names<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) store: u32,
    pub(super) typed: &'a Typed,
    pub(super) limit: usize,
    /// Whether it is perhaps mistyped: then names that are like it go with it too.
    pub(super) is_mistyped: bool,
}

impl Names<'_> {
    pub(super) fn categories(&self) -> Vec<SuggestedName> {
        let names = &self.snapshot.dictionary.categories;
        self.fitting(names, |number| self.products(number, |segment| &segment.categories))
    }

    pub(super) fn brands(&self) -> Vec<SuggestedName> {
        let names = &self.snapshot.dictionary.brands;
        self.fitting(names, |number| self.products(number, |segment| &segment.brands))
    }

    /// Those that go with it, the most frequent of the best first; without a text, the most frequent of all.
    pub(super) fn popular(&self, popular: &PopularQueries) -> Vec<String> {
        if self.typed.words.is_empty() {
            return popular.all().take(self.limit).map(|(query, _, _)| query.to_owned()).collect();
        }
        let best = self.best(popular.all().map(|(query, key, times)| (key, (query, times))), |(_, times)| times);
        best.into_iter().map(|(_, (query, _))| query.to_owned()).collect()
    }

    fn fitting(&self, names: &dictionary::Names, count: impl Fn(u32) -> u64) -> Vec<SuggestedName> {
        let of_store = names.all().filter(|(_, name)| name.store == self.store);
        let best =
            self.best(of_store.map(|(number, name)| (&*name.folded, (number, name))), |(number, _)| count(number));
        let shown = best.into_iter().map(|(count, (_, name))| SuggestedName {
            slug: name.slug.to_string(),
            label: name.label.to_string(),
            count,
        });
        shown.collect()
    }

    /// The best fitting of what is named so, and of these the most frequent; what does not occur is not suggested. What was
    /// perhaps mistyped is looked for only where nothing goes with what was typed.
    fn best<'n, T: Copy>(
        &self,
        named: impl Iterator<Item = (&'n str, T)> + Clone,
        count: impl Fn(T) -> u64,
    ) -> Vec<(u64, T)> {
        let mut best = self.sorted(named.clone(), &count, |name| self.typed.fit(name));
        if best.is_empty() && self.is_mistyped {
            best = self.sorted(named, &count, |name| self.typed.fit_mistyped(name));
        }
        best
    }

    fn sorted<'n, T: Copy>(
        &self,
        named: impl Iterator<Item = (&'n str, T)>,
        count: impl Fn(T) -> u64,
        fit: impl Fn(&str) -> Option<Fit>,
    ) -> Vec<(u64, T)> {
        let fitting = named.filter_map(|(name, of)| Some((fit(name)?, count(of), name, of)));
        let mut fitting: Vec<(Fit, u64, &str, T)> = fitting.filter(|(_, count, _, _)| *count > 0).collect();
        fitting.sort_by_key(|(fit, count, name, _)| (Reverse(*fit), Reverse(*count), *name));
        fitting.truncate(self.limit);
        fitting.into_iter().map(|(_, count, _, of)| (count, of)).collect()
    }

    fn products(&self, number: u32, terms: impl Fn(&Segment) -> &Terms) -> u64 {
        self.snapshot.segments.iter().map(|segment| terms(segment).products_with(number)).sum()
    }
}
