//! One search: a single pass over the matching documents finds the page and counts the facets.

use tantivy::query::{EnableScoring, Weight};
use tantivy::schema::Value as _;
use tantivy::{DocAddress, DocId, SegmentReader, TantivyDocument};

use crate::cursor;
use crate::error::Error;
use crate::facet::{Choices, Counts};
use crate::filter::{ActiveFilters, Fit};
use crate::matching::matched;
use crate::order::{Best, Candidate, Order, Place};
use crate::page::{Hit, Page};
use crate::query::{Paging, Query};
use crate::snapshot::Snapshot;

struct Found {
    place: Place,
    score: f32,
    address: DocAddress,
}

pub(crate) fn run(snapshot: &Snapshot, query: &Query) -> Result<Page, Error> {
    let order = Order::new(&query.sort, !query.text.trim().is_empty());
    let after = match &query.paging {
        Paging::Page { .. } => None,
        Paging::Cursor { cursor, .. } => Some(cursor::decode(cursor, query.fingerprint())?),
    };
    let matched = matched(snapshot, &query.store, &query.text, order.needs_score())?;
    let (mut found, total, counts) = collect(snapshot, query, &order, &*matched.query, after.as_ref())?;

    found.sort_by(|a, b| order.compare(&a.place, &b.place));
    let skipped = query.paging.skipped();
    let has_more = found.len() > skipped + query.paging.limit();
    let on_page: Vec<Found> = found.into_iter().skip(skipped).take(query.paging.limit()).collect();
    let next_cursor = on_page.last().filter(|_| has_more).map(|last| cursor::encode(query.fingerprint(), &last.place));
    let facets = counts.map(|counts| {
        let dictionary = &snapshot.dictionary;
        let store = dictionary.store(&query.store);
        Choices { store, counts: &counts, filters: &query.filters, dictionary }.facets()
    });
    Ok(Page {
        hits: on_page.into_iter().map(|found| hit(snapshot, found)).collect::<Result<_, Error>>()?,
        total,
        next_cursor,
        matching: matched.matching,
        unknown_words: matched.unknown_words,
        did_you_mean: None,
        closest_categories: Vec::new(),
        facets: facets.unwrap_or_default(),
    })
}

/// The best of each segment, one more than wanted so as to know whether more follow; how many match
/// in all; and the counts of the facets.
fn collect(
    snapshot: &Snapshot,
    query: &Query,
    order: &Order,
    matched: &dyn tantivy::query::Query,
    after: Option<&Place>,
) -> Result<(Vec<Found>, u64, Option<Counts>), Error> {
    let scoring = if order.needs_score() {
        EnableScoring::enabled_from_searcher(&snapshot.searcher)
    } else {
        EnableScoring::disabled_from_searcher(&snapshot.searcher)
    };
    let weight = matched.weight(scoring)?;
    let store = snapshot.dictionary.store(&query.store);
    let filters = ActiveFilters::new(&query.filters, store, &snapshot.dictionary);
    let wanted = query.paging.skipped() + query.paging.limit() + 1;
    let mut counts = query.facets.then(|| Counts::new(&snapshot.dictionary));
    let mut total = 0;
    let mut found = Vec::new();
    let readers = snapshot.searcher.segment_readers();
    for ((segment_ord, reader), segment) in (0u32..).zip(readers).zip(&snapshot.segments) {
        let after = after.map(|place| order.after(segment, place)).transpose()?;
        let mut best = Best::new(wanted);
        for_each(&*weight, reader, order.needs_score(), &mut |doc, score| {
            let fit = filters.fit(segment, doc);
            if let Some(counts) = &mut counts {
                counts.add(fit, segment, doc, &snapshot.dictionary);
            }
            if fit == Fit::Passes {
                total += 1;
                let candidate = order.candidate(segment, doc, score);
                if after.is_none_or(|after| after.admits(&candidate)) {
                    best.offer(candidate);
                }
            }
        })?;
        let candidates: Vec<Candidate> = best.into_candidates().collect();
        let places = order.places(segment, &candidates)?;
        found.extend(candidates.iter().zip(places).map(|(candidate, place)| Found {
            place,
            score: order.score(candidate),
            address: DocAddress::new(segment_ord, candidate.doc),
        }));
    }
    Ok((found, total, counts))
}

/// Visits the living documents that match.
fn for_each(
    weight: &dyn Weight,
    reader: &SegmentReader,
    with_scores: bool,
    visit: &mut dyn FnMut(DocId, f32),
) -> tantivy::Result<()> {
    let alive = reader.alive_bitset();
    let mut visit_living = |doc, score| {
        if alive.is_none_or(|alive| alive.is_alive(doc)) {
            visit(doc, score);
        }
    };
    if with_scores {
        weight.for_each(reader, &mut visit_living)
    } else {
        weight.for_each_no_score(reader, &mut |docs| docs.iter().for_each(|doc| visit_living(*doc, 0.0)))
    }
}

fn hit(snapshot: &Snapshot, found: Found) -> Result<Hit, Error> {
    let document: TantivyDocument = snapshot.searcher.doc(found.address)?;
    let stored = document.get_first(snapshot.store.fields.stored);
    let segment = &snapshot.segments[found.address.segment_ord as usize];
    Ok(Hit {
        availability: segment.availability(found.address.doc_id),
        stored: stored.and_then(|value| value.as_str()).unwrap_or_default().to_owned(),
        id: found.place.id,
        score: found.score,
        explanation: None,
    })
}
