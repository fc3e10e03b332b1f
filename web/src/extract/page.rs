//! Which page of a list: `limit` from 1 to 100, and the cursor that the page before gave.

use super::query::Parameters;
use crate::error::ApiError;

const DEFAULT_LIMIT: u32 = 25;
const MAX_LIMIT: u32 = 100;
const MAX_CURSOR: usize = 512;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    pub limit: u32,
    pub cursor: Option<String>,
}

impl PageRequest {
    /// Takes its parameters out of the query's.
    pub fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let limit = parameters.integer("limit", 1..=i64::from(MAX_LIMIT))?;
        let limit = limit.map_or(DEFAULT_LIMIT, |limit| u32::try_from(limit).expect("at most a hundred"));
        let cursor = parameters.text("cursor", MAX_CURSOR)?;
        Ok(Self { limit, cursor })
    }
}

impl PageRequest {
    /// The cursor as the id it is.
    pub fn cursor_as<T: std::str::FromStr>(&self) -> Result<Option<T>, ApiError> {
        self.cursor_with(|cursor| cursor.parse().ok())
    }

    pub fn cursor_with<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ApiError> {
        let parse = |cursor: &String| parse(cursor).ok_or_else(|| ApiError::bad_request("not a cursor of this list"));
        self.cursor.as_ref().map(parse).transpose()
    }
}
