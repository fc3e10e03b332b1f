//! PURE. A word, or a few in a row, as somebody types them into a search.

use std::fmt;
use std::sync::Arc;

/// Kept as it was written, with one space between its words.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phrase(Arc<str>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    #[error("a word, or a few")]
    Empty,
    #[error("at most {max} characters", max = Phrase::CHARS_MAX)]
    TooLong,
    #[error("at most {max} words", max = Phrase::WORDS_MAX)]
    TooManyWords,
    #[error("something that can be typed")]
    NoText,
}

impl Phrase {
    pub const CHARS_MAX: usize = 64;
    pub const WORDS_MAX: usize = 8;

    pub fn parse(text: &str) -> Result<Self, PhraseError> {
        if text.chars().any(|character| character.is_control() && !character.is_whitespace()) {
            return Err(PhraseError::NoText);
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let phrase = words.join(" ");
        if phrase.is_empty() {
            return Err(PhraseError::Empty);
        }
        // What has neither a letter nor a digit is nothing to any search.
        if !phrase.chars().any(char::is_alphanumeric) {
            return Err(PhraseError::NoText);
        }
        if words.len() > Self::WORDS_MAX {
            return Err(PhraseError::TooManyWords);
        }
        if phrase.chars().count() > Self::CHARS_MAX {
            return Err(PhraseError::TooLong);
        }
        Ok(Self(phrase.into()))
    }

    /// What the database holds was parsed before it was written.
    pub(super) fn stored(text: &str) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nobody would tell them apart.
    pub(super) fn is_the_same_as(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

impl PhraseError {
    /// For programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong | Self::TooManyWords => "too_long",
            Self::NoText => "invalid",
        }
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_a_few_words_with_single_spaces() {
        let long = "x".repeat(65);
        for (text, parsed) in [
            ("sofa", Ok("sofa")),
            ("  Head \t phones ", Ok("Head phones")),
            ("Größe 42", Ok("Größe 42")),
            ("", Err(PhraseError::Empty)),
            (" \n ", Err(PhraseError::Empty)),
            ("a\0b", Err(PhraseError::NoText)),
            ("!?", Err(PhraseError::NoText)),
            ("a b c d e f g h i", Err(PhraseError::TooManyWords)),
            (&*long, Err(PhraseError::TooLong)),
        ] {
            assert_eq!(Phrase::parse(text), parsed.map(Phrase::stored), "{text:?}");
        }
    }
}
