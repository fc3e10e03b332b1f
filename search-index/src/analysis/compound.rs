//! PURE. Splits folded text into compounds: what a hyphen or a blank before a number or a unit holds together, and may be
//! typed joined or apart.

use super::WORD_BYTES_MAX;

/// `wh-1000xm4` or `64 gb`: parts, each of letters and digits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Compound {
    parts: Vec<String>,
    /// As it stands in the folded text.
    pub(crate) typed: String,
}

/// Units that follow a number, with or without a blank.
const UNITS: &[&str] = &[
    "gb", "tb", "mb", "kb", "gbit", "mbit", "mm", "cm", "m", "km", "inch", "inches", "ft", "mg", "g", "kg", "lb", "oz",
    "ml", "cl", "l", "w", "kw", "wh", "v", "a", "ah", "mah", "hz", "khz", "mhz", "ghz", "dpi", "mp", "bit", "pin",
    "pcs", "db", "rpm", "lm", "k",
];

impl Compound {
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(String::as_str)
    }

    /// Without what is behind its first `parts`.
    pub(crate) fn truncate(&mut self, parts: usize) {
        self.parts.truncate(parts);
    }

    /// Everything in one word, where it has several parts.
    pub(crate) fn joined(&self) -> Option<String> {
        let is_one = self.parts.len() < 2 || self.parts[0].chars().any(is_ideograph);
        let joined = self.parts.concat();
        (!is_one && joined.len() <= WORD_BYTES_MAX).then_some(joined)
    }

    /// Itself, or everything in one word.
    pub(crate) fn in_one_word(&self) -> Option<String> {
        self.alone().map(str::to_owned).or_else(|| self.joined())
    }

    /// The only word of it.
    pub(crate) fn alone(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [part] => Some(part),
            _ => None,
        }
    }

    /// Letters and digits apart: `1000xm4` is 1000, xm and 4. None where they are already.
    pub(crate) fn pieces(&self) -> Option<Vec<String>> {
        let mut pieces: Vec<String> = Vec::new();
        for part in &self.parts {
            let mut last = None;
            for c in part.chars() {
                let is_letter = c.is_alphabetic();
                match pieces.last_mut() {
                    Some(piece) if last == Some(is_letter) => piece.push(c),
                    Some(_) | None => pieces.push(c.to_string()),
                }
                last = Some(is_letter);
            }
        }
        (pieces.len() > self.parts.len()).then_some(pieces)
    }

    /// Whether it is a number and the next its unit: one is as often joined to the other as not.
    fn is_joined_to(&self, next: &Compound) -> bool {
        let (Some(first), Some(second)) = (self.alone(), next.alone()) else { return false };
        is_number(first) && UNITS.contains(&second)
    }
}

/// The compounds of a folded text, in their order.
pub(crate) fn compounds(folded: &str) -> Vec<Compound> {
    let mut compounds: Vec<Compound> = Vec::new();
    for chunk in folded.split(|c: char| c.is_whitespace() || matches!(c, '/' | '|' | ';' | '(' | ')')) {
        let mut begun = Compound::default();
        let mut word = String::new();
        let mut before = None;
        let mut chars = chunk.char_indices().peekable();
        let mut from = 0;
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            let is_within_number =
                before.is_some_and(char::is_numeric) && next.is_some_and(char::is_numeric) && matches!(c, '.' | ',');
            if c.is_alphanumeric() {
                word.push(c);
            } else if is_within_number && c == '.' {
                word.push('.');
            } else if is_within_number {
                // Thousands are written without their comma; before other than three digits it is a decimal one.
                let digits = chunk[at + 1..].chars().take_while(|c| c.is_numeric()).count();
                word.extend((digits != 3).then_some('.'));
            } else {
                end_part(&mut begun, &mut word);
                // 15" is read as it is spoken.
                if matches!(c, '"' | '”' | '″') && before.is_some_and(char::is_numeric) {
                    begun.parts.push("inch".to_owned());
                }
                if c == ',' {
                    end_compound(&mut compounds, &mut begun, &chunk[from..at]);
                    from = at + 1;
                }
            }
            before = Some(c);
        }
        end_part(&mut begun, &mut word);
        end_compound(&mut compounds, &mut begun, &chunk[from..]);
    }
    compounds
}

fn end_part(compound: &mut Compound, word: &mut String) {
    if !word.is_empty() && word.len() <= WORD_BYTES_MAX {
        if word.chars().any(is_ideograph) {
            compound.parts.extend(in_pairs(word));
        } else {
            compound.parts.push(word.clone());
        }
    }
    word.clear();
}

fn end_compound(compounds: &mut Vec<Compound>, ended: &mut Compound, typed: &str) {
    let mut ended = std::mem::take(ended);
    if ended.parts.is_empty() {
        return;
    }
    ended.typed = typed.trim_matches(|c: char| !c.is_alphanumeric() && c != '"').to_owned();
    match compounds.last_mut() {
        Some(last) if last.is_joined_to(&ended) => {
            last.typed = format!("{} {}", last.typed, ended.typed);
            last.parts.append(&mut ended.parts);
        }
        Some(_) | None => compounds.push(ended),
    }
}

/// What is written without blanks is found by every two neighbours.
fn in_pairs(word: &str) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    if chars.len() < 3 {
        return vec![word.to_owned()];
    }
    chars.windows(2).map(|pair| pair.iter().collect()).collect()
}

/// Whether a word is found by every two neighbours, as what is written without blanks is.
pub(crate) fn is_in_pairs(word: &str) -> bool {
    word.chars().any(is_ideograph)
}

/// Han, Hiragana, Katakana, Hangul.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{20000}'..='\u{2ffff}')
}

fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_numeric() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_together_is_told_from_what_does_not() {
        let check = |text: &str, expected: &[&str]| {
            let shown: Vec<String> = compounds(text).iter().map(|compound| compound.parts.join("-")).collect();
            assert_eq!(shown, expected, "{text}");
        };
        check("wh-1000xm4", &["wh-1000xm4"]);
        check("blue t-shirt, wi-fi (2-in-1)", &["blue", "t-shirt", "wi-fi", "2-in-1"]);
        check("64 gb 5 red", &["64-gb", "5", "red"]);
        check("15.6\" screen", &["15.6-inch", "screen"]);
        check("a - b", &["a", "b"]);
        check("1,2 m; 3,000 m", &["1.2-m", "3000-m"]);
        check("red,blue", &["red", "blue"]);
        check("1,2,3", &["1.2.3"]);
        check("and/or -5", &["and", "or", "5"]);
        check("v1.2.", &["v1.2"]);
        check("무선마우스", &["무선-선마-마우-우스"]);
        check("", &[]);
    }

    #[test]
    fn letters_and_digits_come_apart() {
        let check = |text: &str, expected: Option<&str>| {
            let pieces = compounds(text)[0].pieces().map(|pieces| pieces.join(" "));
            assert_eq!(pieces.as_deref(), expected, "{text}");
        };
        check("wh-1000xm4", Some("wh 1000 xm 4"));
        check("64gb", Some("64 gb"));
        check("64 gb", None);
        check("mouse", None);
    }

    #[test]
    fn what_was_typed_is_kept() {
        let typed: Vec<String> = compounds("the (red) mouse, 64  gb!").into_iter().map(|c| c.typed).collect();
        assert_eq!(typed, ["the", "red", "mouse", "64 gb"]);
    }
}
