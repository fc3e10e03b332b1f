//! The words by which people call things of the catalogue: `Sku`, `Slug`, `Title`. Parsed once, cheap to clone, and no
//! other string is ever taken for one.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a SKU is 1 to {max} printable ASCII characters without spaces at its ends", max = Sku::MAX)]
    Sku,
    #[error("a slug is 1 to {max} lower-case letters, digits and single hyphens between them", max = Slug::MAX)]
    Slug,
    #[error("a code is 1 to {max} lower-case letters, digits, hyphens and underscores, the first no sign", max = Code::MAX)]
    Code,
    #[error("a title is 1 to {max} characters on one line", max = Title::MAX)]
    Title,
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// What the database holds was parsed before it was written.
            pub(super) fn stored(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.as_str().to_owned()
            }
        }

        impl std::str::FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }
    )*};
}

names! {
    /// What a merchant calls a variant; unique in a store, upper and lower case are different.
    Sku;
    /// The part of an address that names a product, a category or a brand; unique in its store and kind.
    Slug;
    /// What the shop's own people call a location or a tax class; unique in its store and kind.
    Code;
    /// What a shopper reads. Kept without spaces at its ends.
    Title;
}

/// A slug that someone chose is taken or refused; one that was made of a title may get a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WantedSlug {
    Given(Slug),
    Made(Slug),
}

impl Sku {
    /// In bytes.
    pub const MAX: usize = 64;

    pub fn parse(text: &str) -> Result<Self, NameError> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if text.is_empty() || text.len() > Self::MAX || !printable || text.trim_matches(' ').len() != text.len() {
            return Err(NameError::Sku);
        }
        Ok(Self(text.into()))
    }
}

impl Code {
    /// In bytes.
    pub const MAX: usize = 64;

    pub fn parse(text: &str) -> Result<Self, NameError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let known = text.bytes().all(|byte| plain(byte) || byte == b'-' || byte == b'_');
        if text.len() > Self::MAX || !known || !text.bytes().next().is_some_and(plain) {
            return Err(NameError::Code);
        }
        Ok(Self(text.into()))
    }
}

impl Slug {
    /// In bytes.
    pub const MAX: usize = 200;

    pub fn parse(text: &str) -> Result<Self, NameError> {
        let known = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let apart = !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
        if text.is_empty() || text.len() > Self::MAX || !known || !apart {
            return Err(NameError::Slug);
        }
        Ok(Self(text.into()))
    }

    /// A slug made of a title: Latin letters without their accents, everything else a hyphen. `None` when nothing is left.
    pub fn from_title(title: &str) -> Option<Self> {
        let mut slug = String::with_capacity(title.len());
        for character in title.chars().flat_map(char::to_lowercase) {
            let plain = unaccented(character);
            if plain.is_empty() {
                if !slug.is_empty() && !slug.ends_with('-') && !matches!(character, '\'' | '’' | '\u{300}'..='\u{36f}')
                {
                    slug.push('-');
                }
            } else {
                slug.push_str(plain.as_str());
            }
            if slug.len() > Self::MAX {
                slug.truncate(Self::MAX);
                break;
            }
        }
        Self::parse(slug.trim_end_matches('-')).ok()
    }
}

impl Slug {
    /// This slug with `-2`, `-3`, ... behind it, cut to fit.
    pub(super) fn numbered(&self, number: usize) -> Self {
        let tail = format!("-{number}");
        let head = &self.0[..self.0.len().min(Self::MAX - tail.len())];
        Self(format!("{}{tail}", head.trim_end_matches('-')).into())
    }
}

impl Title {
    /// In characters.
    pub const MAX: usize = 300;

    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > Self::MAX || text.chars().any(char::is_control) {
            return Err(NameError::Title);
        }
        Ok(Self(text.into()))
    }
}

/// At most two ASCII letters or digits for a lower-case letter.
struct Plain([u8; 2]);

impl Plain {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("ASCII").trim_end_matches('\0')
    }

    fn is_empty(&self) -> bool {
        self.0[0] == 0
    }
}

fn unaccented(character: char) -> Plain {
    let plain = match character {
        'a'..='z' | '0'..='9' => return Plain([u8::try_from(character).expect("ASCII"), 0]),
        'à'..='å' | 'ā' | 'ă' | 'ą' => b"a\0",
        'æ' => b"ae",
        'ç' | 'ć' | 'č' => b"c\0",
        'ď' | 'đ' | 'ð' => b"d\0",
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => b"e\0",
        'ğ' => b"g\0",
        'ì'..='ï' | 'ī' | 'į' | 'ı' => b"i\0",
        'ł' | 'ľ' => b"l\0",
        'ñ' | 'ń' | 'ň' => b"n\0",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => b"o\0",
        'œ' => b"oe",
        'ř' => b"r\0",
        'ś' | 'š' | 'ş' | 'ș' => b"s\0",
        'ß' => b"ss",
        'ť' | 'ț' => b"t\0",
        'þ' => b"th",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => b"u\0",
        'ý' | 'ÿ' => b"y\0",
        'ź' | 'ž' | 'ż' => b"z\0",
        _ => b"\0\0",
    };
    Plain(*plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sku_is_what_a_merchant_prints_on_a_label() {
        for right in ["A", "TSHIRT-RED-M", "MD101LL/A", "dv7-1211ea", "AB 12", &"x".repeat(64)] {
            assert_eq!(Sku::parse(right).map(|sku| sku.to_string()), Ok(right.to_owned()));
        }
        for wrong in ["", " A", "A ", "A\n", "Ä", "A\u{200b}", &"x".repeat(65)] {
            assert_eq!(Sku::parse(wrong), Err(NameError::Sku), "{wrong:?}");
        }
    }

    #[test]
    fn a_slug_needs_no_escaping_anywhere() {
        for right in ["a", "t-shirt", "2in1", &"x".repeat(200)] {
            assert!(Slug::parse(right).is_ok(), "{right}");
        }
        for wrong in ["", "-a", "a-", "a--b", "A", "a b", "a/b", "é", &"x".repeat(201)] {
            assert_eq!(Slug::parse(wrong), Err(NameError::Slug), "{wrong:?}");
        }
    }

    #[test]
    fn a_slug_is_made_of_what_latin_letters_a_title_has() {
        let check =
            |title: &str, slug: &str| assert_eq!(Slug::from_title(title).map(String::from).unwrap_or_default(), slug);
        check("Women's T-Shirt  (Red)", "womens-t-shirt-red");
        check("Crème Brûlée Torch", "creme-brulee-torch");
        check("Straße Łódź", "strasse-lodz");
        check("Apparel & Accessories", "apparel-accessories");
        check("43.2 cm (17\")", "43-2-cm-17");
        check("日本語", "");
        check("--", "");
        check(&"ab ".repeat(100), ["ab"; 67].join("-")[..200].trim_end_matches('-'));
    }

    #[test]
    fn a_number_behind_a_slug_fits() {
        let numbered = |slug: &str, n| Slug::parse(slug).expect("a slug").numbered(n).to_string();
        assert_eq!(numbered("lamp", 2), "lamp-2");
        assert_eq!(numbered(&"x".repeat(200), 10), format!("{}-10", "x".repeat(197)));
        assert_eq!(numbered(&format!("{}-xx", "x".repeat(197)), 2), format!("{}-2", "x".repeat(197)));
    }

    #[test]
    fn a_title_is_one_line_without_spaces_around_it() {
        assert_eq!(Title::parse("  Crème  ").map(String::from), Ok("Crème".to_owned()));
        assert!(Title::parse(&"é".repeat(300)).is_ok());
        for wrong in ["", "   ", "a\nb", "a\0", &"é".repeat(301)] {
            assert_eq!(Title::parse(wrong), Err(NameError::Title), "{wrong:?}");
        }
    }
}
