//! PURE. Which texts may be kept, and how they are compared.

use std::sync::Arc;

/// A text that was searched for: small letters, one space between words, nothing that may be about a person as far as that
/// can be told from its form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Arc<str>);

/// Why a text is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// There is none.
    Blank,
    /// It is counted, and not told apart from others: it may be somebody's address or number, or is too long to be what many
    /// look for.
    Withheld,
}

impl Text {
    pub const CHARS_MAX: usize = 64;
    pub const WORDS_MAX: usize = 8;
    /// Telephone, card and order numbers have more digits; models, sizes and years have not.
    const DIGITS_MAX: usize = 6;

    /// Stands for all that is not told apart.
    pub(super) fn others() -> Self {
        Self(Arc::default())
    }

    pub fn parse(typed: &str) -> Result<Self, Untold> {
        let mut text = String::new();
        let mut words = 0;
        let is_gap = |character: char| character.is_whitespace() || character.is_control();
        for word in typed.split(is_gap) {
            let letters = word.chars().filter(|character| !is_invisible(*character)).flat_map(char::to_lowercase);
            let before = text.len();
            if words > 0 {
                text.push(' ');
            }
            let start = text.len();
            text.extend(letters);
            if text.len() == start {
                text.truncate(before);
            } else {
                words += 1;
            }
        }
        if words == 0 {
            return Err(Untold::Blank);
        }
        let is_too_long = words > Self::WORDS_MAX || text.chars().count() > Self::CHARS_MAX;
        if is_too_long || has_an_address(&text) || has_a_number(&text) {
            return Err(Untold::Withheld);
        }
        Ok(Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that leave no mark: they would make two of one text, and hide a number's digits from each other.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn has_an_address(text: &str) -> bool {
    text.contains(['@', '＠', '﹫'])
}

/// Digits in a row, whatever stands between them that is no letter: `+91 98765-43210`.
fn has_a_number(text: &str) -> bool {
    let mut digits = 0;
    for character in text.chars() {
        if character.is_numeric() {
            digits += 1;
        } else if character.is_alphabetic() {
            digits = 0;
        }
        if digits > Text::DIGITS_MAX {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_about_a_person_is_never_told_apart() {
        let (long, wide) = ("x".repeat(65), "ü".repeat(64));
        for (typed, kept) in [
            ("  Red\t T-Shirt ", Ok("red t-shirt")),
            ("GRÖSSE", Ok("grösse")),
            ("xps-13 9310", Ok("xps-13 9310")),
            ("iphone 15 pro 256 gb", Ok("iphone 15 pro 256 gb")),
            ("tn-2110", Ok("tn-2110")),
            ("560001", Ok("560001")),
            ("one two three four five six seven eight", Ok("one two three four five six seven eight")),
            (&wide, Ok(&*wide)),
            ("head\u{200b}phones", Ok("headphones")),
            ("a\0b", Ok("a b")),
            ("हेडफ़ोन", Ok("हेडफ़ोन")),
            ("", Err(Untold::Blank)),
            (" \u{200b} \n", Err(Untold::Blank)),
            ("ann@example.com", Err(Untold::Withheld)),
            ("order of ann ＠ example", Err(Untold::Withheld)),
            ("9876543", Err(Untold::Withheld)),
            ("+91 98765 43210", Err(Untold::Withheld)),
            ("call 98.76-54/32", Err(Untold::Withheld)),
            ("98765\u{200b}43210", Err(Untold::Withheld)),
            ("９８７６５４３", Err(Untold::Withheld)),
            ("4006381333931", Err(Untold::Withheld)),
            ("one two three four five six seven eight nine", Err(Untold::Withheld)),
            (&long, Err(Untold::Withheld)),
        ] {
            assert_eq!(Text::parse(typed).as_ref().map(Text::as_str).map_err(|untold| *untold), kept, "{typed:?}");
        }
    }
}
