//! The query of a request, in which nothing is ignored: a filter that is mistyped and therefore left out would answer with
//! everything.

use std::future::{Ready, ready};
use std::ops::{Deref, RangeInclusive};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::error::ApiError;

/// What a route takes out of its query.
pub trait FromQuery: Sized {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError>;
}

/// A query that was read whole.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

#[derive(Debug)]
pub struct Parameters {
    /// Those that nobody has taken yet.
    left: Vec<(String, String)>,
    /// What was asked for: which parameters there are.
    known: Vec<String>,
}

impl Parameters {
    /// # Errors
    /// Percent-encoding that is not UTF-8, or a parameter sent twice.
    pub fn parse(query: &str) -> Result<Self, ApiError> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name)?;
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(ApiError::bad_request(format!("parameter {name:?} is sent twice")));
            }
            pairs.push((name, decode(value)?));
        }
        Ok(Self { left: pairs, known: Vec::new() })
    }

    /// Takes a parameter as it is.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.known.push(name.to_owned());
        let position = self.left.iter().position(|(sent, _)| sent == name)?;
        Some(self.left.remove(position).1)
    }

    /// Takes a text of at most `max` bytes. Control characters are none.
    pub fn text(&mut self, name: &str, max: usize) -> Result<Option<String>, ApiError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        if value.len() > max || value.chars().any(char::is_control) {
            return Err(refused(name, format!("is a text of at most {max} bytes without control characters")));
        }
        Ok(Some(value))
    }

    /// Takes a text that says something.
    pub fn word(&mut self, name: &str, max: usize) -> Result<Option<String>, ApiError> {
        match self.text(name, max)? {
            Some(text) if text.is_empty() => Err(refused(name, format!("is a text of 1 to {max} bytes"))),
            text => Ok(text),
        }
    }

    pub fn integer(&mut self, name: &str, range: RangeInclusive<i64>) -> Result<Option<i64>, ApiError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match value.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            Ok(_) | Err(_) => Err(refused(name, format!("is a number from {} to {}", range.start(), range.end()))),
        }
    }

    pub fn boolean(&mut self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.take(name).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(refused(name, "is true or false".to_owned())),
        }
    }

    /// Takes what `parse` makes of it.
    pub fn parsed<T, E: std::fmt::Display>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, ApiError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        parse(&value).map(Some).map_err(|error| refused(name, format!("is {error}")))
    }

    /// Takes every `prefix.name=value`, in the order in which they came.
    pub fn prefixed(&mut self, prefix: &str) -> Vec<(String, String)> {
        self.known.push(format!("{prefix}*"));
        let (matching, others) =
            std::mem::take(&mut self.left).into_iter().partition(|(name, _)| name.starts_with(prefix));
        self.left = others;
        let strip = |(name, value): (String, String)| (name[prefix.len()..].to_owned(), value);
        Vec::into_iter(matching).map(strip).collect()
    }

    /// # Errors
    /// If something is left that nobody took.
    pub fn finish(self) -> Result<(), ApiError> {
        let Some((name, _)) = self.left.first() else { return Ok(()) };
        let detail = match self.known.as_slice() {
            [] => format!("there is no parameter {name:?} here"),
            known => format!("there is no parameter {name:?} here; there are {}", known.join(", ")),
        };
        Err(ApiError::bad_request(detail).member("parameter", name.as_str()).member("valid", self.known))
    }
}

fn refused(name: &str, why: String) -> ApiError {
    ApiError::bad_request(format!("parameter {name:?} {why}")).member("parameter", name)
}

/// `application/x-www-form-urlencoded`, strictly.
fn decode(text: &str) -> Result<String, ApiError> {
    let refuse = || ApiError::bad_request("the query is not percent-encoded UTF-8");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                let (high, low) = (digit().ok_or_else(refuse)?, digit().ok_or_else(refuse)?);
                u8::try_from(high * 16 + low).expect("two hexadecimal digits")
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).map_err(|_| refuse())
}

impl<T: FromQuery> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = || {
            let mut parameters = Parameters::parse(request.query_string())?;
            let value = T::from_query(&mut parameters)?;
            parameters.finish()?;
            Ok(Self(value))
        };
        ready(read())
    }
}

/// A route without parameters says so: then an unknown one is refused there too.
impl FromQuery for () {
    fn from_query(_: &mut Parameters) -> Result<Self, ApiError> {
        Ok(())
    }
}

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;
    use crate::extract::PageRequest;

    #[test]
    fn parameters_are_decoded_taken_and_missed() {
        let mut query = Parameters::parse(
            "q=red%20shoes+x&price[min]=100&price%5Bmax%5D=200&attr.color=red,blue&attr.size=M&limit=5",
        )
        .expect("a query");
        assert_eq!(query.text("q", 50).ok().flatten().as_deref(), Some("red shoes x"));
        assert_eq!(query.integer("price[min]", 0..=i64::MAX).ok().flatten(), Some(100));
        assert_eq!(query.integer("price[max]", 0..=i64::MAX).ok().flatten(), Some(200));
        let attributes = query.prefixed("attr.");
        assert_eq!(attributes, [("color".to_owned(), "red,blue".to_owned()), ("size".to_owned(), "M".to_owned())]);
        assert_eq!(PageRequest::take(&mut query).ok(), Some(PageRequest { limit: 5, cursor: None }));
        assert!(query.finish().is_ok());
    }

    #[test]
    fn what_is_mistyped_is_refused() {
        for wrong in ["a=1&a=2", "a=%ff", "a=%4", "a=%zz"] {
            assert!(Parameters::parse(wrong).is_err(), "{wrong}");
        }
        for wrong in
            ["limit=0", "limit=101", "limit=x", "limit=", "limit=-1", "limit=99999999999999999999", "cursor=%00"]
        {
            let mut query = Parameters::parse(wrong).expect("a query");
            assert!(PageRequest::take(&mut query).is_err(), "{wrong}");
        }
        let mut query = Parameters::parse("a=&b=x").expect("a query");
        assert!(query.word("a", 5).is_err() && query.word("b", 5).is_ok_and(|word| word.as_deref() == Some("x")));
        let mut query = Parameters::parse("limits=5").expect("a query");
        assert!(PageRequest::take(&mut query).is_ok());
        assert!(query.finish().is_err());
    }

    /// As careful clients write it.
    fn encode(text: &str) -> String {
        text.bytes().fold(String::new(), |mut encoded, byte| {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => encoded.push(char::from(byte)),
                byte => write!(encoded, "%{byte:02X}").expect("a string takes everything"),
            }
            encoded
        })
    }

    proptest! {
        #[test]
        fn every_parameter_is_read_as_it_was_written(
            sent in prop::collection::btree_map(any::<String>(), any::<String>(), 0..6)
        ) {
            let query: Vec<String> =
                sent.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
            let mut parameters = Parameters::parse(&query.join("&")).expect("a query");
            let read: BTreeMap<String, String> = sent
                .keys()
                .filter_map(|name| parameters.take(name).map(|value| (name.clone(), value)))
                .collect();
            prop_assert_eq!(read, sent);
            prop_assert!(parameters.finish().is_ok());
        }

        #[test]
        fn any_query_is_read_or_refused(query in "[a-c=&%+\\[\\]0-9]{0,40}|\\PC{0,40}") {
            if let Ok(mut parameters) = Parameters::parse(&query) {
                let page = PageRequest::take(&mut parameters);
                prop_assert!(page.is_err() || page.is_ok_and(|page| (1..=100).contains(&page.limit)));
            }
        }
    }
}
