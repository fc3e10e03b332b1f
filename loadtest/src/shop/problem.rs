//! `application/problem+json`: the code is the contract, the rest is for people.

use std::borrow::Cow;

use serde::Deserialize;

#[derive(Deserialize)]
struct Problem<'a> {
    #[serde(borrow, default)]
    code: Cow<'a, str>,
    #[serde(borrow, default)]
    items: Vec<Short<'a>>,
}

/// What there was too little of.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Short<'a> {
    #[serde(borrow)]
    pub(crate) sku: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) location_id: Cow<'a, str>,
    pub(crate) requested: i64,
    /// Where the shop shows it.
    #[serde(default)]
    pub(crate) available: Option<i64>,
    #[serde(default)]
    pub(crate) seq: Option<i64>,
}

/// Empty when the body is no problem document. Codes are plain words, so they can be borrowed.
pub(crate) fn problem_code(body: &[u8]) -> &str {
    #[derive(Deserialize)]
    struct Code<'a> {
        #[serde(borrow)]
        code: &'a str,
    }
    serde_json::from_slice::<Code<'_>>(body).map_or("", |problem| problem.code)
}

/// What an `out_of_stock` says there was too little of; nothing for any other answer.
pub(crate) fn shortages(body: &[u8]) -> Option<Vec<Short<'_>>> {
    match serde_json::from_slice::<Problem<'_>>(body) {
        Ok(problem) if problem.code == "out_of_stock" => Some(problem.items),
        Ok(_) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLD_OUT: &str = r#"{"type":"/problems/out-of-stock","status":409,"code":"out_of_stock",
        "detail":"a \"quoted\" word","items":[{"sku":"S-1","requested":2,"available":1,"seq":4711}]}"#;

    #[test]
    fn the_code_and_the_missing_are_read() {
        assert_eq!(problem_code(SOLD_OUT.as_bytes()), "out_of_stock");
        let short =
            Short { sku: "S-1".into(), location_id: "".into(), requested: 2, available: Some(1), seq: Some(4711) };
        assert_eq!(shortages(SOLD_OUT.as_bytes()), Some(vec![short]));
    }

    #[test]
    fn what_is_no_problem_document_has_no_code() {
        for body in ["", "<html>", "[]", "{}", r#"{"code":7}"#] {
            assert_eq!(problem_code(body.as_bytes()), "", "{body}");
            assert!(shortages(body.as_bytes()).is_none());
        }
    }
}
