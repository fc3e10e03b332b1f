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

#[derive(Deserialize)]
struct Short<'a> {
    #[serde(borrow)]
    sku: Cow<'a, str>,
    requested: i64,
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

/// What an `out_of_stock` says there was too little of: SKU and quantity asked.
pub(crate) fn short_skus(body: &[u8]) -> Vec<(String, i64)> {
    match serde_json::from_slice::<Problem<'_>>(body) {
        Ok(problem) if problem.code == "out_of_stock" => {
            problem.items.into_iter().map(|short| (short.sku.into_owned(), short.requested)).collect()
        }
        Ok(_) | Err(_) => Vec::new(),
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
        assert_eq!(short_skus(SOLD_OUT.as_bytes()), [("S-1".to_owned(), 2)]);
    }

    #[test]
    fn what_is_no_problem_document_has_no_code() {
        for body in ["", "<html>", "[]", "{}", r#"{"code":7}"#] {
            assert_eq!(problem_code(body.as_bytes()), "", "{body}");
            assert!(short_skus(body.as_bytes()).is_empty());
        }
    }
}
