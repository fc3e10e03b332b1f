//! Case and accents do not matter to who looks for something.

use tantivy::tokenizer::{AsciiFoldingFilter, LowerCaser, RawTokenizer, TextAnalyzer, TokenStream};

/// Lower case, Latin letters without accents. What is joined by a ligature or written with an apostrophe comes apart or
/// together as it is typed: `ﬁ` is `fi`, `Levi's` is `levis`.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = if text.is_ascii() { text.to_ascii_lowercase() } else { fold_unicode(text) };
    folded.retain(|c| !matches!(c, '\'' | '’' | 'ʼ' | '\u{300}'..='\u{36f}' | '®' | '™' | '©' | '\u{ad}'));
    folded
}

fn fold_unicode(text: &str) -> String {
    let mut folder =
        TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).filter(AsciiFoldingFilter).build();
    let mut tokens = folder.token_stream(text);
    if tokens.advance() { std::mem::take(&mut tokens.token_mut().text) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_accents_and_apostrophes() {
        let check = |text: &str, expected: &str| assert_eq!(fold(text), expected);
        check("ÉCRAN Ø", "ecran o");
        check("Straße", "strasse");
        check("Cafe\u{301}", "cafe");
        check("Levi's, l’eau", "levis, leau");
        check("ΣΊΓΜΑ", "σίγμα");
        check("", "");
    }
}
