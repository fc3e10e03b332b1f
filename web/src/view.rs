//! The words that every body shares: times, versions, money, lists. Shapes as in the API's conventions.

use actix_web::http::header::{HeaderValue, LINK};
use actix_web::{HttpResponse, HttpResponseBuilder};
use chrono::SecondsFormat;
use engine::clock::Timestamp;
use engine::money::{Currency, Money};
use engine::pricing::Totals;
use serde::Serialize;
use utoipa::ToSchema;

/// RFC 3339 in UTC with milliseconds.
pub fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// How long until `at`; nothing when it has passed.
pub fn millis_until(at: Timestamp, now: Timestamp) -> i64 {
    (at - now).num_milliseconds().max(0)
}

/// The entity tag of a versioned thing.
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).expect("digits in quotes are a header value")
}

/// An amount in minor units with its ISO 4217 currency.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Money)]
pub struct MoneyView {
    #[schema(example = 129_900)]
    pub amount: i64,
    #[schema(value_type = String, pattern = "^[A-Z]{3}$", example = "INR")]
    pub currency: Currency,
}

impl MoneyView {
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self { amount: money.minor, currency: money.currency }
    }
}

/// What an order comes to. `tax` is all tax, contained in the prices or added to them.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Totals)]
pub struct TotalsView {
    mrp: MoneyView,
    discount: MoneyView,
    tax: MoneyView,
    shipping: MoneyView,
    grand: MoneyView,
}

impl TotalsView {
    pub fn new(totals: &Totals, currency: Currency) -> Self {
        let money = |amount| MoneyView { amount, currency };
        Self {
            mrp: money(totals.mrp_minor),
            discount: money(totals.discount_minor),
            tax: money(totals.tax_minor),
            shipping: money(totals.shipping_minor),
            grand: money(totals.grand_minor),
        }
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    pub data: Vec<T>,
    pub page: PageView,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Page)]
pub struct PageView {
    /// Send it as `cursor` to get what follows.
    pub next_cursor: Option<String>,
    pub has_more: bool,
    /// Only where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

impl<T: Serialize> Listing<T> {
    /// Of `limit + 1` things that were read, the page and whether there is more. `cursor` names where a thing stands.
    pub fn cut<S>(mut read: Vec<S>, limit: u32, cursor: impl Fn(&S) -> String, view: impl FnMut(S) -> T) -> Self {
        let limit = limit as usize;
        let has_more = read.len() > limit;
        read.truncate(limit);
        let next_cursor = if has_more { read.last().map(cursor) } else { None };
        let data = read.into_iter().map(view).collect();
        Self { data, page: PageView { next_cursor, has_more, total: None } }
    }

    pub fn respond(&self, path: &str, query: &str) -> HttpResponse {
        self.link(path, query).json(self)
    }

    /// The answer in the making, with the link to what follows.
    pub fn link(&self, path: &str, query: &str) -> HttpResponseBuilder {
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &self.page.next_cursor {
            response.insert_header((LINK, next_link(path, query, cursor)));
        }
        response
    }
}

/// `Link: <...>; rel="next"`: the same query, further on.
pub fn next_link(path: &str, query: &str, cursor: &str) -> String {
    let others = query.split('&').filter(|pair| !pair.is_empty());
    let others = others.filter(|pair| !pair.starts_with("cursor=") && !pair.starts_with("page="));
    let mut pairs: Vec<&str> = others.collect();
    let cursor = format!("cursor={cursor}");
    pairs.push(&cursor);
    format!("<{path}?{}>; rel=\"next\"", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_off_what_was_read() {
        let cut = |read: Vec<i32>| Listing::cut(read, 2, i32::to_string, |n| n).page;
        let page = cut(vec![1, 2, 3]);
        assert_eq!((page.next_cursor.as_deref(), page.has_more), (Some("2"), true));
        let page = cut(vec![1, 2]);
        assert_eq!((page.next_cursor, page.has_more), (None, false));
    }

    #[test]
    fn the_link_keeps_the_filters() {
        assert_eq!(
            next_link("/api/v1/orders", "limit=2&cursor=a&x=1", "b"),
            "</api/v1/orders?limit=2&x=1&cursor=b>; rel=\"next\""
        );
    }
}
