//! Why a product stands where it stands, and whether what was found is any good.
#![expect(clippy::float_arithmetic, reason = "scores are statistics; no money is near")]

use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, Searcher, TERMINATED};

use crate::matching::Lookups;
use crate::page::{Explanation, Factor, Matching, WordMatch};
use crate::promotion::Promoted;
use crate::question::{Group, Question};
use crate::ranking::{self, EXACT, Ranking, Signals, fields};
use crate::snapshot::Snapshot;
use crate::vocabulary::StoreWords;

/// So many of the best are looked at for whether they are any good.
const LOOKED_AT: usize = 10;

pub(crate) struct Explainer<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) words: &'a StoreWords<'a>,
    pub(crate) question: &'a Question,
    pub(crate) lookups: &'a Lookups<'a>,
}

impl Explainer<'_> {
    pub(crate) fn explain(
        &self,
        address: DocAddress,
        text_score: f32,
        matching: Matching,
        signals: &Signals,
        ranking: &Ranking,
        promoted: &Promoted<'_>,
    ) -> tantivy::Result<Explanation> {
        let segment = &self.snapshot.segments[address.segment_ord as usize];
        let ruled = promoted.of(segment, address.doc_id);
        let (tier, text) = ranking::tier(text_score);
        let tier = match matching {
            _ if ruled.pinned.is_some() => "pinned",
            Matching::Everything => "everything",
            _ if tier >= EXACT => "exact",
            Matching::AllWords => "all_words",
            Matching::SomeWords | Matching::Nothing if tier > 0.0 => "all_words",
            Matching::SomeWords | Matching::Nothing => "some_words",
        };
        let is_of_some = matches!(matching, Matching::SomeWords | Matching::Nothing);
        let mut are_looked_up = self.lookups.looked_up(self.question)?.into_iter();
        let mut words = Vec::new();
        for ((group, lookup), parts) in self.question.groups.iter().zip(self.lookups.groups()).zip(self.lookups.parts())
        {
            let mut word = self.word(address, group, &**lookup)?;
            let is_looked_up = are_looked_up.next().unwrap_or(true);
            let parts_looked_up: Vec<bool> = are_looked_up.by_ref().take(parts.len()).collect();
            if is_of_some {
                if !is_looked_up {
                    word.score = 0.0;
                }
                let parts =
                    group.parts.iter().zip(parts).zip(parts_looked_up).filter(|(_, is_looked_up)| *is_looked_up);
                self.add_parts(address, parts.map(|(part, _)| part), &mut word)?;
            }
            words.push(word);
        }
        let [availability, gains @ ..] = ranking::factors(signals, ranking);
        let gains = gains.into_iter().map(|(name, gain)| (name, 1.0 + gain));
        let rules = promoted.factors(segment, address.doc_id);
        let factors = [availability].into_iter().chain(gains).chain(rules);
        let factors = factors.map(|(name, factor)| Factor { name: name.to_owned(), factor }).collect();
        Ok(Explanation { tier, text, words, factors, meaning: None })
    }

    /// Whether one of the best has its share of what the words say. A word says the more, the fewer products have it.
    pub(crate) fn is_any_good(&self, nearest: &[DocAddress], share: f32) -> tantivy::Result<bool> {
        let mut weights = Vec::new();
        let mut said = Vec::new();
        for (group, lookup) in self.question.groups.iter().zip(self.lookups.groups()) {
            weights.push(lookup.weight(self.scoring())?);
            said.push(self.says(group)?);
        }
        let all: f32 = said.iter().sum();
        for address in nearest.iter().take(LOOKED_AT) {
            let mut met = 0.0;
            for (weight, said) in weights.iter().zip(&said) {
                if score(&self.snapshot.searcher, &**weight, *address)?.is_some() {
                    met += said;
                }
            }
            if met > all * share {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn says(&self, group: &Group) -> tantivy::Result<f32> {
        let frequency = group.frequency(self.words)?;
        #[expect(clippy::cast_precision_loss, reason = "statistics")]
        let (documents, frequency) = (self.words.documents as f32, frequency as f32);
        Ok((1.0 + (documents + 1.0) / (frequency + 1.0)).ln())
    }

    fn word(&self, address: DocAddress, group: &Group, lookup: &dyn Query) -> tantivy::Result<WordMatch> {
        let weight = lookup.weight(self.scoring())?;
        let Some(score) = score(&self.snapshot.searcher, &*weight, address)? else {
            return Ok(WordMatch { typed: group.typed.clone(), matched: None, fields: Vec::new(), score: 0.0 });
        };
        let mut matched = None;
        let mut stands_in = Vec::new();
        for form in &group.forms {
            let mut of_form = Vec::new();
            let mut is_met = true;
            for word in &form.words {
                let having = self.fields_with(address, word)?;
                is_met &= !having.is_empty();
                of_form.extend(having.into_iter().filter(|field| !of_form.contains(field)).collect::<Vec<_>>());
            }
            if is_met {
                matched = Some(form.words.join(" "));
                stands_in = of_form;
                break;
            }
        }
        Ok(WordMatch { typed: group.typed.clone(), matched, fields: stands_in, score })
    }

    /// Where some of the words are enough, what belongs together counts by each of its parts as well.
    fn add_parts<'q>(
        &self,
        address: DocAddress,
        parts: impl Iterator<Item = (&'q String, &'q Box<dyn Query>)>,
        word: &mut WordMatch,
    ) -> tantivy::Result<()> {
        let is_whole = word.matched.is_some();
        let mut met = Vec::new();
        for (part, lookup) in parts {
            let weight = lookup.weight(self.scoring())?;
            if let Some(score) = score(&self.snapshot.searcher, &*weight, address)? {
                word.score += score;
                met.push(part.as_str());
                if !is_whole {
                    let having = self.fields_with(address, part)?;
                    word.fields
                        .extend(having.into_iter().filter(|field| !word.fields.contains(field)).collect::<Vec<_>>());
                }
            }
        }
        if !is_whole && !met.is_empty() {
            word.matched = Some(met.join(" "));
        }
        Ok(())
    }

    fn scoring(&self) -> EnableScoring<'_> {
        EnableScoring::enabled_from_statistics_provider(self.words, &self.snapshot.searcher)
    }

    fn fields_with(&self, address: DocAddress, word: &str) -> tantivy::Result<Vec<&'static str>> {
        let reader = self.snapshot.searcher.segment_reader(address.segment_ord);
        let mut having = Vec::new();
        for (name, field, _) in fields(&self.snapshot.store.fields) {
            let index = reader.inverted_index(field)?;
            let postings = index.read_postings(&self.words.term(field, word), IndexRecordOption::Basic)?;
            if postings.is_some_and(|mut postings| is_at(&mut postings, address)) {
                having.push(name);
            }
        }
        Ok(having)
    }
}

fn score(searcher: &Searcher, weight: &dyn Weight, address: DocAddress) -> tantivy::Result<Option<f32>> {
    let mut scorer = weight.scorer(searcher.segment_reader(address.segment_ord), 1.0)?;
    Ok(is_at(&mut *scorer, address).then(|| scorer.score()))
}

/// A document set only goes forward.
fn is_at<D: DocSet + ?Sized>(docs: &mut D, address: DocAddress) -> bool {
    let at = docs.doc();
    at != TERMINATED && at <= address.doc_id && (at == address.doc_id || docs.seek(address.doc_id) == address.doc_id)
}
