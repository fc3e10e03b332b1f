//! PURE. What is wrong with the fields of a request, all of it at once.

use std::fmt;

use super::name::{NameError, Slug, WantedSlug};

/// One wrong field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) into the request: `/variants/0/sku`.
    pub pointer: String,
    /// For programs: `required`, `invalid`, `too_long`, `out_of_range`, `unknown`, `taken`, ...
    pub code: &'static str,
    /// For people.
    pub detail: String,
}

/// At least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    pub fn one(pointer: &str, code: &'static str, detail: impl fmt::Display) -> Self {
        Self(vec![FieldError { pointer: pointer.to_owned(), code, detail: detail.to_string() }])
    }

    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }
}

impl IntoIterator for FieldErrors {
    type Item = FieldError;
    type IntoIter = std::vec::IntoIter<FieldError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, error) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{}: {}", error.pointer, error.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for FieldErrors {}

/// Collects while fields are parsed: a wrong one is noted and the next one looked at.
#[derive(Default)]
pub(crate) struct Fields {
    /// Put before every pointer.
    place: String,
    errors: Vec<FieldError>,
}

impl Fields {
    /// The fields of something inside the request: `/variants/0`.
    pub(crate) fn under(place: impl Into<String>) -> Self {
        Self { place: place.into(), errors: Vec::new() }
    }

    pub(crate) fn refuse(&mut self, pointer: &str, code: &'static str, detail: impl fmt::Display) {
        self.errors.push(FieldError { pointer: format!("{}{pointer}", self.place), code, detail: detail.to_string() });
    }

    /// A parsed name, or a note of why there is none.
    pub(crate) fn name<T>(&mut self, pointer: &str, text: &str, parsed: Result<T, NameError>) -> Option<T> {
        match parsed {
            Ok(name) => Some(name),
            Err(error) if text.trim().is_empty() => {
                self.refuse(pointer, "required", error);
                None
            }
            Err(error) => {
                self.refuse(pointer, "invalid", error);
                None
            }
        }
    }

    pub(crate) fn range(&mut self, pointer: &str, value: i64, range: std::ops::RangeInclusive<i64>) -> i64 {
        if !range.contains(&value) {
            self.refuse(pointer, "out_of_range", format_args!("{} to {}, not {value}", range.start(), range.end()));
        }
        value
    }

    /// Text of at most `max` characters that PostgreSQL can keep.
    pub(crate) fn text(&mut self, pointer: &str, text: &str, max: usize) {
        if text.chars().count() > max {
            self.refuse(pointer, "too_long", format_args!("at most {max} characters"));
        }
        if text.contains('\0') {
            self.refuse(pointer, "invalid", "a zero byte is not text");
        }
    }

    pub(crate) fn count(&mut self, pointer: &str, count: usize, max: usize) {
        if count > max {
            self.refuse(pointer, "too_many", format_args!("at most {max}, not {count}"));
        }
    }

    /// A slug that was given, or one made of `title`.
    pub(in crate::catalog) fn slug(&mut self, slug: Option<&str>, title: &str) -> Option<WantedSlug> {
        match slug {
            Some(slug) => self.name("/slug", slug, Slug::parse(slug)).map(WantedSlug::Given),
            // Without a title there is one complaint already.
            None if title.trim().is_empty() => None,
            None => {
                let made = Slug::from_title(title).map(WantedSlug::Made);
                if made.is_none() {
                    self.refuse("/slug", "required", "no slug can be made of this: give one");
                }
                made
            }
        }
    }

    /// Errors whose pointers begin at this place.
    pub(crate) fn nested(&mut self, other: Result<(), FieldErrors>) {
        for error in other.err().into_iter().flatten() {
            self.errors.push(FieldError { pointer: format!("{}{}", self.place, error.pointer), ..error });
        }
    }

    /// Errors that have their whole pointers already.
    pub(crate) fn also(&mut self, other: Result<(), FieldErrors>) {
        if let Err(FieldErrors(errors)) = other {
            self.errors.extend(errors);
        }
    }

    pub(crate) fn finish(self) -> Result<(), FieldErrors> {
        if self.errors.is_empty() { Ok(()) } else { Err(FieldErrors(self.errors)) }
    }

    /// `value`, if nothing was wrong; it is there whenever nothing was.
    pub(crate) fn give<T>(self, value: Option<T>) -> Result<T, FieldErrors> {
        self.finish()?;
        Ok(value.expect("what could not be parsed was noted"))
    }
}

/// A key or an index inside a JSON pointer (RFC 6901 section 3).
pub(crate) fn segment(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_told_with_its_place() {
        let mut fields = Fields::under("/variants/3");
        fields.range("/weight_grams", -1, 0..=9);
        fields.text("/barcode", "\0", 5);
        let told = fields.finish().expect_err("two are wrong").to_string();
        assert_eq!(told, "/variants/3/weight_grams: 0 to 9, not -1; /variants/3/barcode: a zero byte is not text");
        assert_eq!(Fields::default().finish(), Ok(()));
    }

    #[test]
    fn a_pointer_escapes_what_it_is_made_of() {
        assert_eq!(segment("a/b~c"), "a~1b~0c");
    }
}
