//! One search: what matches is found, filtered and put in order, segment by segment; then the facets are counted.

use tantivy::query::{EnableScoring, Query as Lookup, Weight};
use tantivy::schema::Value as _;
use tantivy::{DocAddress, SegmentReader, TantivyDocument};

use crate::analysis::Analyzer;
use crate::cursor::{self, End};
use crate::embedding::Embedding;
use crate::error::Error;
use crate::explain::Explainer;
use crate::facet::{Choices, Counted, Counts, NEAREST, nearest_categories};
use crate::filter::ActiveFilters;
use crate::matching::Lookups;
use crate::meaning::{self, HEAD, Meaning};
use crate::nearest::Nearest;
use crate::order::{Candidate, Order, Place};
use crate::page::{Explanation, Hit, Matching, Page};
use crate::promotion::Promotion;
use crate::query::{Paging, Query};
use crate::question::{self, Question};
use crate::ranking::{ALL_WORDS, EXACT, FULL_MATCHES_ENOUGH, GOOD_SHARE, THIN};
use crate::segment::Segment;
use crate::sieve::{Kept, Sieve, Sifted, State};
use crate::snapshot::Snapshot;
use crate::vocabulary::StoreWords;

/// What a search looks at, and how.
struct Search<'a> {
    snapshot: &'a Snapshot,
    words: &'a StoreWords<'a>,
    query: &'a Query,
    order: Order,
    filters: ActiveFilters,
    promotion: Promotion<'a>,
    /// Where nothing but these narrows the whole shop, as for most people who look around: then their products alone are looked
    /// at, and what lies in the others is not counted again.
    categories: Option<Vec<u32>>,
    /// Where the page begins: behind a place, and so many.
    after: Option<Place>,
    skipped: usize,
}

/// All that matched.
struct Matches {
    best: Vec<Found>,
    /// What meets the words best, wherever it stands and whatever the filters say, if it was asked for.
    nearest: Vec<DocAddress>,
    /// How many match the text (without one: were looked at), and how many of these, with those that are pinned, the filters let pass.
    matching: u64,
    passing: u64,
    /// For the facets, by segment.
    by_segment: Vec<Sifted>,
}

struct Found {
    place: Place,
    score: f32,
    /// What the words alone are worth.
    text_score: f32,
    address: DocAddress,
    meaning: Option<Meaning>,
}

pub(crate) fn run(snapshot: &Snapshot, query: &Query) -> Result<Page, Error> {
    let (after, skipped) = match &query.paging {
        Paging::Page { page, limit } => (None, (page - 1) * limit),
        Paging::Cursor { cursor, .. } => match cursor::decode(cursor, query.fingerprint())? {
            End::Place(place) => (Some(place), 0),
            End::Rank(rank) => (None, rank),
        },
    };
    let words = StoreWords::new(snapshot, &query.store, query.language)?;
    let (dictionary, store) = (&snapshot.dictionary, snapshot.dictionary.store(&words.scope));
    dictionary.check_attributes(store, &query.filters)?;
    let analyzer = Analyzer::new(query.language);
    let question = question::read(&query.text, &analyzer, query.rules.read(query.language), &words)?;
    let order = Order::new(query);
    let mut applying = query.rules.applying(query.language, &question.words);
    if !order.is_by_relevance() {
        // Where a product stands is for whoever asked for an order; that it is left out is for the shop.
        applying.retain(|rule| rule.effect.leaves_out());
    }
    let filters = ActiveFilters::new(&query.filters, store, dictionary);
    let promotion = Promotion::new(&applying, store, dictionary);
    // What a rule leaves out lies in categories as well.
    let is_whole_shop = query.is_without_text() && !(query.facets && promotion.leaves_out());
    let search = Search {
        snapshot,
        words: &words,
        query,
        order,
        categories: filters.categories_alone().filter(|_| is_whole_shop),
        filters,
        promotion,
        after,
        skipped,
    };
    let lookups = Lookups::new(&snapshot.store.fields, &words, &query.text, &question, &search.promotion.pinned);
    let (matches, matching) = search.find(&question, &lookups)?;

    let explainer = Explainer { snapshot, words: &words, question: &question, lookups: &lookups };
    let matching = match matching {
        Matching::SomeWords if !explainer.is_any_good(&matches.nearest, GOOD_SHARE)? => Matching::Nothing,
        Matching::AllWords if matches.matching == 0 => Matching::Nothing,
        found @ (Matching::Everything | Matching::AllWords | Matching::SomeWords | Matching::Nothing) => found,
    };
    let did_you_mean = match &question.corrected {
        Some(corrected) => Some(corrected.clone()),
        None if matches.matching < THIN => question::reconsider(&question, &analyzer, &words)?,
        None => None,
    };
    let closest_categories = match matching {
        Matching::Nothing => nearest_categories(snapshot, store, &matches.nearest),
        Matching::Everything | Matching::AllWords | Matching::SomeWords => Vec::new(),
    };
    let facets = query.facets.then(|| {
        let counts = search.count(&matches);
        let counted = search.counted(&matches);
        Choices { store, counts: &counts, counted: &counted, filters: &query.filters, dictionary }.facets()
    });
    let total = matches.passing;
    let (page, next_cursor) = search.cut(matches.best)?;
    let hits = page.into_iter().map(|found| search.hit(found, matching, &explainer)).collect::<Result<_, Error>>()?;
    Ok(Page {
        hits,
        total,
        next_cursor,
        matching,
        unknown_words: unknown_words(&question),
        did_you_mean,
        closest_categories,
        facets: facets.unwrap_or_default(),
    })
}

fn unknown_words(question: &Question) -> Vec<String> {
    question.groups.iter().filter(|group| group.is_unknown).map(|group| group.typed.clone()).collect()
}

impl Search<'_> {
    /// What has all the words; and where that is little, also what has some.
    fn find(&self, question: &Question, lookups: &Lookups<'_>) -> Result<(Matches, Matching), Error> {
        if self.query.is_without_text() {
            let matches = match &self.categories {
                Some(categories) => self.within(categories)?,
                None => self.look_up(&*lookups.everything(), 0)?,
            };
            return Ok((matches, Matching::Everything));
        }
        let full = self.look_up(&*lookups.all_words(), 0)?;
        let enough = if self.order.needs_score() { FULL_MATCHES_ENOUGH } else { 1 };
        let is_of_one = question.groups.len() < 2 && question.groups.iter().all(|group| group.parts.is_empty());
        if is_of_one || full.matching >= enough {
            return Ok((full, Matching::AllWords));
        }
        Ok((self.look_up(&*lookups.some_words(question)?, NEAREST)?, Matching::SomeWords))
    }

    fn within(&self, categories: &[u32]) -> Result<Matches, Error> {
        self.collect(0, |reader, segment, sieve| {
            segment.in_categories.living(categories, reader).into_iter().for_each(|doc| sieve.add(doc, 0.0));
            Ok(())
        })
    }

    fn look_up(&self, lookup: &dyn Lookup, nearest: usize) -> Result<Matches, Error> {
        let with_scores = self.order.needs_score() || nearest > 0;
        let scoring = if with_scores {
            EnableScoring::enabled_from_statistics_provider(self.words, &self.snapshot.searcher)
        } else {
            EnableScoring::disabled_from_searcher(&self.snapshot.searcher)
        };
        let weight = lookup.weight(scoring)?;
        self.collect(nearest, |reader, _, sieve| for_each(&*weight, reader, with_scores, sieve))
    }

    /// Of what `fill` puts into the sieve of each segment: the best, one more than wanted so as to know whether more follow; and
    /// so many of the nearest.
    fn collect(
        &self,
        nearest: usize,
        fill: impl Fn(&SegmentReader, &Segment, &mut Sieve<'_>) -> tantivy::Result<()>,
    ) -> Result<Matches, Error> {
        let (snapshot, order) = (self.snapshot, &self.order);
        let wanted = (self.skipped + self.query.paging.limit() + 1).max(self.head());
        let mut matches =
            Matches { best: Vec::new(), nearest: Vec::new(), matching: 0, passing: 0, by_segment: Vec::new() };
        let mut nearest = Nearest::new(nearest);
        for ((segment_ord, reader), segment) in
            (0u32..).zip(snapshot.searcher.segment_readers()).zip(&snapshot.segments)
        {
            let promoted = self.promotion.within(reader, &snapshot.store.fields)?;
            let mut sieve = Sieve {
                segment,
                segment_ord,
                order,
                filters: &self.filters,
                promoted: &promoted,
                after: self.after.as_ref().map(|place| order.after(segment, place)).transpose()?,
                nearest: &mut nearest,
                kept: self.kept(),
                state: State::new(wanted, &self.filters),
            };
            fill(reader, segment, &mut sieve)?;
            let State { best, sifted, matching, passing, .. } = sieve.finish();
            matches.matching += matching;
            matches.passing += passing;
            let candidates: Vec<Candidate> = best.into_candidates().collect();
            let places = order.places(segment, &candidates)?;
            matches.best.extend(candidates.iter().zip(places).map(|(candidate, place)| Found {
                place,
                score: order.score(candidate),
                text_score: candidate.text_score(),
                address: DocAddress::new(segment_ord, candidate.doc),
                meaning: None,
            }));
            if self.query.facets {
                matches.by_segment.push(sifted);
            }
        }
        matches.best.sort_by(|a, b| order.compare(&a.place, &b.place));
        matches.best.truncate(wanted);
        matches.nearest = nearest.into_addresses();
        Ok(matches)
    }

    fn kept(&self) -> Kept {
        match self.query.facets {
            false => Kept::None,
            true if self.categories.is_some() => Kept::Passing,
            true => Kept::HeldBackToo,
        }
    }

    fn count(&self, matches: &Matches) -> Counts {
        let in_categories = self.categories.as_ref().map(|_| self.snapshot.in_categories());
        let mut counts = Counts::new(&self.snapshot.dictionary, matches.passing, in_categories);
        self.counted(matches).iter().for_each(|counted| counts.add(counted, &self.snapshot.dictionary));
        counts
    }

    fn counted<'m>(&'m self, matches: &'m Matches) -> Vec<Counted<'m>> {
        let segments = self.snapshot.segments.iter().zip(&matches.by_segment);
        segments.map(|(segment, sifted)| Counted { segment, sifted }).collect()
    }

    fn cut(&self, mut best: Vec<Found>) -> tantivy::Result<(Vec<Found>, Option<String>)> {
        let (head, end) = (self.head(), self.skipped + self.query.paging.limit());
        let end_of_page = (best.len() > end)
            .then(|| if end < head { End::Rank(end) } else { End::Place(best[end - 1].place.clone()) });
        if head > 0 {
            let rest = best.split_off(head.min(best.len()));
            best = self.by_meaning(best)?;
            best.extend(rest);
        }
        best.truncate(end);
        let page = best.split_off(self.skipped.min(best.len()));
        Ok((page, end_of_page.map(|end| cursor::encode(self.query.fingerprint(), &end))))
    }

    /// How many of the first results are put in order by their meaning: none for who has turned them over, or wants another
    /// order.
    fn head(&self) -> usize {
        let is_wanted = self.query.embedding.is_some() && self.query.is_by_relevance_alone();
        if is_wanted && self.after.is_none() && self.skipped < HEAD { HEAD } else { 0 }
    }

    /// Each tier by itself; what is pinned, or has exactly that code or title, stays where it is.
    fn by_meaning(&self, mut best: Vec<Found>) -> tantivy::Result<Vec<Found>> {
        let Some(typed) = &self.query.embedding else { return Ok(best) };
        let by_words = best.split_off(best.partition_point(|found| found.score >= EXACT));
        let similarities = self.similarities(typed, &by_words)?;
        let all_words = by_words.partition_point(|found| found.score >= ALL_WORDS);
        let (all_words, some_words) = similarities.split_at(all_words);
        let mut by_words = by_words.into_iter();
        for tier in [all_words, some_words] {
            let mut found: Vec<Option<Found>> = by_words.by_ref().take(tier.len()).map(Some).collect();
            best.extend(meaning::fused(tier).into_iter().filter_map(|meaning| {
                let found = found[meaning.by_words as usize - 1].take()?;
                Some(Found { meaning: Some(meaning), ..found })
            }));
        }
        Ok(best)
    }

    /// What a rule of the shop weighs stands where that puts it, as if nobody knew what it means.
    fn similarities(&self, typed: &Embedding, found: &[Found]) -> tantivy::Result<Vec<Option<f32>>> {
        let mut similarities = vec![None; found.len()];
        for (segment_ord, segment) in (0u32..).zip(&self.snapshot.segments) {
            let of_segment = found.iter().enumerate().filter(|(_, found)| found.address.segment_ord == segment_ord);
            let (places, docs): (Vec<usize>, Vec<_>) =
                of_segment.map(|(place, found)| (place, found.address.doc_id)).unzip();
            if docs.is_empty() {
                continue;
            }
            let reader = self.snapshot.searcher.segment_reader(segment_ord);
            let promoted = self.promotion.within(reader, &self.snapshot.store.fields)?;
            for ((place, doc), embedding) in places.into_iter().zip(&docs).zip(segment.embeddings_of(&docs)?) {
                let is_weighed = promoted.factors(segment, *doc).next().is_some();
                let embedding = embedding.filter(|_| !is_weighed);
                similarities[place] = embedding.and_then(|embedding| typed.similarity(&embedding));
            }
        }
        Ok(similarities)
    }

    fn hit(&self, found: Found, matching: Matching, explainer: &Explainer<'_>) -> Result<Hit, Error> {
        let fields = &self.snapshot.store.fields;
        let document: TantivyDocument = self.snapshot.searcher.doc(found.address)?;
        let stored = document.get_first(fields.stored);
        let segment = &self.snapshot.segments[found.address.segment_ord as usize];
        let explanation = if self.query.explain {
            let reader = self.snapshot.searcher.segment_reader(found.address.segment_ord);
            let promoted = self.promotion.within(reader, fields)?;
            let signals = self.order.signals(segment, found.address.doc_id);
            let ranking = &self.query.ranking;
            let explanation =
                explainer.explain(found.address, found.text_score, matching, &signals, ranking, &promoted)?;
            Some(Explanation { meaning: found.meaning, ..explanation })
        } else {
            None
        };
        Ok(Hit {
            availability: segment.availability(found.address.doc_id),
            stored: stored.and_then(|value| value.as_str()).unwrap_or_default().to_owned(),
            id: found.place.id,
            score: found.score,
            explanation,
        })
    }
}

/// Adds the living documents that match.
fn for_each(
    weight: &dyn Weight,
    reader: &SegmentReader,
    with_scores: bool,
    sieve: &mut Sieve<'_>,
) -> tantivy::Result<()> {
    let alive = reader.alive_bitset();
    let mut visit = |doc, score| {
        if alive.is_none_or(|alive| alive.is_alive(doc)) {
            sieve.add(doc, score);
        }
    };
    if with_scores {
        weight.for_each(reader, &mut visit)
    } else {
        weight.for_each_no_score(reader, &mut |docs| docs.iter().for_each(|doc| visit(*doc, 0.0)))
    }
}
