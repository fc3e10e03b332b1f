//! The languages whose words are understood: told apart in the index, and each stemmed by its own rules.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::QueryError;

/// By ISO 639-1 code. `Other` is split into words and folded, and not stemmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    Arabic,
    Danish,
    Dutch,
    #[default]
    English,
    Finnish,
    French,
    German,
    Greek,
    Hungarian,
    Italian,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Tamil,
    Turkish,
    Other,
}

impl Language {
    pub const ALL: [(Language, &'static str); 19] = [
        (Language::Arabic, "ar"),
        (Language::Danish, "da"),
        (Language::Dutch, "nl"),
        (Language::English, "en"),
        (Language::Finnish, "fi"),
        (Language::French, "fr"),
        (Language::German, "de"),
        (Language::Greek, "el"),
        (Language::Hungarian, "hu"),
        (Language::Italian, "it"),
        (Language::Norwegian, "no"),
        (Language::Portuguese, "pt"),
        (Language::Romanian, "ro"),
        (Language::Russian, "ru"),
        (Language::Spanish, "es"),
        (Language::Swedish, "sv"),
        (Language::Tamil, "ta"),
        (Language::Turkish, "tr"),
        // ISO 639-2 for what is in none of the others.
        (Language::Other, "und"),
    ];

    pub fn code(self) -> &'static str {
        Language::ALL.iter().find(|(language, _)| *language == self).map_or("und", |(_, code)| code)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = QueryError;

    fn from_str(given: &str) -> Result<Language, QueryError> {
        Language::ALL
            .iter()
            .find(|(_, code)| *code == given)
            .map(|(language, _)| *language)
            .ok_or_else(|| QueryError::UnknownLanguage { given: given.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_to_their_languages() {
        for (language, code) in Language::ALL {
            assert_eq!(language.code(), code);
            assert_eq!(code.parse(), Ok(language));
        }
        assert!("xx".parse::<Language>().is_err());
    }
}
