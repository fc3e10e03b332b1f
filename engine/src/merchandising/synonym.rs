//! PURE. Words that mean the same in a shop.

use crate::catalog::{FieldErrors, Fields};
use crate::clock::Timestamp;
use crate::id::{StoreId, SynonymId};

use super::phrase::Phrase;

/// How many a synonym has on each of its sides.
pub const WORDS_MAX: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonym {
    pub id: SynonymId,
    pub store_id: StoreId,
    /// What is typed.
    pub words: Vec<Phrase>,
    /// One way: what is found besides. Empty: two-way, each of the words stands for all.
    pub means: Vec<Phrase>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A synonym as someone wrote it down.
#[derive(Debug, Clone, Default)]
pub struct SynonymDraft {
    pub words: Vec<String>,
    pub means: Vec<String>,
}

/// What shall be different; none: as it is.
#[derive(Debug, Clone, Default)]
pub struct SynonymPatch {
    pub words: Option<Vec<String>>,
    pub means: Option<Vec<String>>,
}

/// The parsed fields.
pub(super) struct ParsedSynonym {
    pub(super) words: Vec<Phrase>,
    pub(super) means: Vec<Phrase>,
}

impl SynonymDraft {
    pub(super) fn parse(&self) -> Result<ParsedSynonym, FieldErrors> {
        let mut fields = Fields::default();
        let mut taken = Vec::new();
        let words = phrases(&mut fields, "/words", &self.words, &mut taken);
        let means = phrases(&mut fields, "/means", &self.means, &mut taken);
        match (self.words.len(), self.means.len()) {
            (0, _) => fields.refuse("/words", "required", "at least one word"),
            (1, 0) => fields.refuse("/words", "required", "two words that mean the same, or what the one means"),
            _ => {}
        }
        fields.finish()?;
        Ok(ParsedSynonym { words, means })
    }
}

/// `taken`: what stands in the synonym already. Twice the same is a slip of whoever wrote it.
fn phrases(fields: &mut Fields, pointer: &str, texts: &[String], taken: &mut Vec<Phrase>) -> Vec<Phrase> {
    fields.count(pointer, texts.len(), WORDS_MAX);
    let mut phrases = Vec::new();
    for (n, text) in texts.iter().take(WORDS_MAX).enumerate() {
        let place = format!("{pointer}/{n}");
        match Phrase::parse(text) {
            Err(error) => fields.refuse(&place, error.code(), error),
            Ok(phrase) if taken.iter().any(|other| other.is_the_same_as(&phrase)) => {
                fields.refuse(&place, "duplicate", format_args!("{phrase} stands here already"));
            }
            Ok(phrase) => {
                taken.push(phrase.clone());
                phrases.push(phrase);
            }
        }
    }
    phrases
}

impl Synonym {
    pub(super) fn draft(&self) -> SynonymDraft {
        let texts = |phrases: &[Phrase]| phrases.iter().map(Phrase::to_string).collect();
        SynonymDraft { words: texts(&self.words), means: texts(&self.means) }
    }

    /// As the index takes it.
    pub(super) fn for_index(&self) -> search_index::Synonym {
        let SynonymDraft { words, means } = self.draft();
        search_index::Synonym { words, means }
    }
}

impl SynonymPatch {
    pub(super) fn onto(self, draft: SynonymDraft) -> SynonymDraft {
        SynonymDraft { words: self.words.unwrap_or(draft.words), means: self.means.unwrap_or(draft.means) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], means: &[&str], told: &str) {
        let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let draft = SynonymDraft { words: texts(words), means: texts(means) };
        let answer = match draft.parse() {
            Ok(parsed) => format!("{:?} {:?}", parsed.words, parsed.means),
            Err(errors) => errors.iter().map(|e| format!("{} {}", e.pointer, e.code)).collect::<Vec<_>>().join(", "),
        };
        assert_eq!(answer, told, "{words:?} {means:?}");
    }

    #[test]
    fn a_synonym_has_two_words_at_least_and_none_of_them_twice() {
        check(&["sofa", "couch"], &[], r#"["sofa", "couch"] []"#);
        check(&[" lap  top "], &["notebook"], r#"["lap top"] ["notebook"]"#);
        check(&[], &[], "/words required");
        check(&[], &["couch"], "/words required");
        check(&["sofa"], &[], "/words required");
        check(&["sofa", "SOFA"], &[], "/words/1 duplicate");
        check(&["sofa"], &["couch", "Sofa"], "/means/1 duplicate");
        check(&["sofa", ""], &["\0"], "/words/1 required, /means/0 invalid");
        check(
            &["x"; 21],
            &["y"],
            &format!("/words too_many{}", (1..20).map(|n| format!(", /words/{n} duplicate")).collect::<String>()),
        );
    }
}
