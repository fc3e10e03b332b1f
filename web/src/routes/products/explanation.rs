//! Why a product stands where it stands, as JSON.

use engine::search::{Explanation, Factor, Meaning, WordMatch};
use serde::Serialize;
use utoipa::ToSchema;

/// Within its tier a product stands by what its words are worth, times its factors; where another order is asked for, that
/// decides.
#[derive(Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(super) struct ExplanationView {
    /// `pinned`, `exact` (the text is its code or its title), `all_words`, `some_words`, or `everything` without a text. A
    /// higher tier stands first, whatever the rest.
    #[schema(example = "all_words")]
    tier: &'static str,
    /// What its words are worth.
    #[schema(example = 12.5)]
    text: f32,
    words: Vec<WordView>,
    /// `availability`; `popularity`, `rating` and `newness`, of which what is above 1 adds up; and each rule by name.
    factors: Vec<FactorView>,
    /// Where it stood by its words and by what it means, among the first results of its tier, which are put in order by both.
    /// Left out: they are not, or it is not among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<MeaningView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ExplainedMeaning)]
struct MeaningView {
    /// From 1.
    #[schema(example = 4)]
    by_words: u32,
    /// From 1, among those of which it is known; null: what the product means is not known, or a rule weighs it, and it stays
    /// where its words put it.
    #[schema(example = 1)]
    by_meaning: Option<u32>,
    /// With what was typed, from -1 to 1.
    #[schema(example = 0.62)]
    similarity: Option<f32>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ExplainedWord)]
struct WordView {
    #[schema(example = "shirts")]
    typed: String,
    /// The word of the product that it met, in the form in which it is kept; null: none.
    #[schema(example = "shirt")]
    matched: Option<String>,
    /// Where it stands: `title`, `labels` (brand, categories, tags, codes), `description`, `attributes`, or `joined`
    /// (somewhere, but written apart).
    #[schema(value_type = Vec<String>, example = json!(["title"]))]
    fields: Vec<&'static str>,
    #[schema(example = 12.5)]
    score: f32,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ExplainedFactor)]
struct FactorView {
    #[schema(example = "popularity")]
    name: String,
    #[schema(example = 1.2)]
    factor: f32,
}

impl From<Meaning> for MeaningView {
    fn from(Meaning { by_words, known }: Meaning) -> Self {
        let (by_meaning, similarity) = known.map(|known| (known.by_meaning, known.similarity)).unzip();
        Self { by_words, by_meaning, similarity }
    }
}

impl From<Explanation> for ExplanationView {
    fn from(explanation: Explanation) -> Self {
        let Explanation { tier, text, words, factors, meaning } = explanation;
        let word = |WordMatch { typed, matched, fields, score }| WordView { typed, matched, fields, score };
        let factor = |Factor { name, factor }| FactorView { name, factor };
        Self {
            tier,
            text,
            words: words.into_iter().map(word).collect(),
            factors: factors.into_iter().map(factor).collect(),
            meaning: meaning.map(MeaningView::from),
        }
    }
}
