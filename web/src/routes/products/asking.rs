//! What a listing is asked for, out of a query.

use std::collections::BTreeMap;
use std::str::FromStr;

use engine::search::{Availability, Exclusions, Filters, NumberRange, Paging, Query as Question, QueryError, Sort};

use crate::error::ApiError;
use crate::extract::{FromQuery, Parameters};

const DEFAULT_LIMIT: i64 = 25;
const MAX_LIMIT: i64 = 100;

/// A question for products.
pub(in crate::routes) struct Asking {
    pub(in crate::routes) question: Question,
    pub(in crate::routes) include_total: bool,
}

/// The same within one category, which is named elsewhere.
pub(in crate::routes) struct AskingWithin(pub(in crate::routes) Asking);

impl FromQuery for Asking {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let categories = names(parameters, "category")?;
        let mut asking = asked(parameters)?;
        asking.question.filters.categories = categories;
        // For staff, whom the pages within something do not know: there it is a parameter that does not exist.
        asking.question.explain = parameters.boolean("explain")?.unwrap_or(false);
        Ok(asking)
    }
}

impl FromQuery for AskingWithin {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        asked(parameters).map(Self)
    }
}

fn asked(parameters: &mut Parameters) -> Result<Asking, ApiError> {
    let text = parameters.text("q", 1000)?.unwrap_or_default();
    let filters = filters(parameters)?;
    let sort = parameters.parsed("sort", |words| words.split(',').map(str::parse::<Sort>).collect())?;
    let limit = parameters.integer("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT) as usize;
    let page = parameters.integer("page", 1..=10_000)?;
    let cursor = parameters.text("cursor", 2000)?;
    let paging = match (page, cursor) {
        (Some(_), Some(_)) => return Err(ApiError::bad_request("send page or cursor, not both")),
        (page, None) => Paging::Page { page: page.unwrap_or(1) as usize, limit },
        (None, Some(cursor)) => Paging::Cursor { cursor, limit },
    };
    let facets = parameters.boolean("facets")?.unwrap_or(true);
    let include_total = parameters.boolean("include_total")?.unwrap_or(false);
    let sort = sort.unwrap_or_default();
    let question = Question { text, filters, sort, paging, facets, ..Question::default() };
    Ok(Asking { question, include_total })
}

fn filters(parameters: &mut Parameters) -> Result<Filters, ApiError> {
    let attributes = Attributes::from_query(parameters)?;
    Ok(Filters {
        categories: Vec::new(),
        brands: names(parameters, "brand")?,
        price_min: parameters.integer("price[min]", 0..=i64::MAX)?,
        price_max: parameters.integer("price[max]", 0..=i64::MAX)?,
        availability: parameters
            .parsed("availability", |words| words.split(',').map(Availability::from_str).collect())?
            .unwrap_or_default(),
        rating_min: parameters.parsed("rating[min]", tenths)?,
        discount_min: parameters.integer("discount[min]", 0..=100)?.map(|percent| percent as u32),
        attributes: attributes.values,
        attribute_ranges: attributes.ranges,
        without: Exclusions {
            categories: names(parameters, "category[not]")?,
            brands: names(parameters, "brand[not]")?,
            attributes: attributes.without,
        },
    })
}

/// `attr.color=red,blue`, `attr.color[not]=green`, `attr.weight[min]=1.5`, `attr.weight[max]=3`.
#[derive(Default)]
struct Attributes {
    values: BTreeMap<String, Vec<String>>,
    without: BTreeMap<String, Vec<String>>,
    ranges: BTreeMap<String, NumberRange>,
}

impl FromQuery for Attributes {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let mut attributes = Self::default();
        for (name, given) in parameters.prefixed("attr.") {
            let (key, part) = match name.strip_suffix(']').and_then(|name| name.rsplit_once('[')) {
                Some((key, part)) => (key, part),
                None => (name.as_str(), ""),
            };
            let key = key.to_owned();
            match part {
                "" => drop(attributes.values.insert(key, list(&given))),
                "not" => drop(attributes.without.insert(key, list(&given))),
                "min" => attributes.ranges.entry(key).or_default().min = Some(bound(&name, &given)?),
                "max" => attributes.ranges.entry(key).or_default().max = Some(bound(&name, &given)?),
                _ => {
                    let told = format!("parameter \"attr.{name}\" ends in none of [min], [max] and [not]");
                    return Err(ApiError::bad_request(told).member("parameter", format!("attr.{name}")));
                }
            }
        }
        Ok(attributes)
    }
}

fn bound(name: &str, given: &str) -> Result<i64, ApiError> {
    NumberRange::bound(given).map_err(|error| {
        let parameter = format!("attr.{name}");
        ApiError::bad_request(format!("parameter {parameter:?} is {error}")).member("parameter", parameter)
    })
}

/// Of a star.
fn tenths(given: &str) -> Result<u32, QueryError> {
    let thousandths = NumberRange::bound(given)?;
    match u32::try_from(thousandths / 100) {
        Ok(tenths) if tenths <= 50 => Ok(tenths),
        Ok(_) | Err(_) => Err(QueryError::NotARating { given: given.to_owned() }),
    }
}

fn names(parameters: &mut Parameters, name: &str) -> Result<Vec<String>, ApiError> {
    Ok(parameters.text(name, 2000)?.map(|slugs| list(&slugs)).unwrap_or_default())
}

/// Values between commas; one that has a comma itself stands in double quotes, which are doubled within it (RFC 4180).
fn list(values: &str) -> Vec<String> {
    let mut list = Vec::new();
    let mut rest = values.trim_start();
    while !rest.is_empty() {
        let (value, after) = match rest.strip_prefix('"').and_then(quoted) {
            Some(quoted) => quoted,
            None => {
                let (value, after) = rest.split_once(',').unwrap_or((rest, ""));
                (value.trim().to_owned(), after)
            }
        };
        if !value.is_empty() {
            list.push(value);
        }
        rest = after.trim_start();
    }
    list
}

/// Up to the quote that closes it, and what comes after the next comma. None: it is no value in quotes.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('"')?;
        value.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                value.push('"');
                rest = after;
            }
            None => {
                let after = after.trim_start();
                return if after.is_empty() { Some((value, after)) } else { Some((value, after.strip_prefix(',')?)) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Asking, ApiError> {
        let mut parameters = Parameters::parse(query)?;
        let asking = Asking::from_query(&mut parameters)?;
        parameters.finish()?;
        Ok(asking)
    }

    #[test]
    fn every_filter_has_its_parameter() {
        let asking = read(
            "q=red+shoes&category=men&brand=acme,bolt&brand%5Bnot%5D=cheap&category[not]=sale&price[min]=100&rating[min]=4.5\
             &discount[min]=20&availability=in_stock,low&attr.color=red,blue&attr.color[not]=green&attr.size[min]=41.5\
             &attr.size[max]=44&include_total=true",
        );
        let asking = asking.unwrap_or_else(|_| panic!("a question"));
        let filters = asking.question.filters;
        assert_eq!((asking.question.text.as_str(), asking.include_total), ("red shoes", true));
        assert_eq!(filters.categories, ["men"]);
        assert_eq!(filters.brands, ["acme", "bolt"]);
        assert_eq!((filters.without.brands, filters.without.categories), (vec!["cheap".into()], vec!["sale".into()]));
        assert_eq!((filters.price_min, filters.price_max), (Some(100), None));
        assert_eq!((filters.rating_min, filters.discount_min), (Some(45), Some(20)));
        assert_eq!(filters.availability, [Availability::InStock, Availability::Low]);
        assert_eq!(filters.attributes["color"], ["red", "blue"]);
        assert_eq!(filters.without.attributes["color"], ["green"]);
        assert_eq!(filters.attribute_ranges["size"], NumberRange { min: Some(41_500), max: Some(44_000) });
    }

    #[test]
    fn values_stand_between_commas_and_those_that_have_one_in_quotes() {
        let check = |given: &str, values: &[&str]| assert_eq!(list(given), values, "{given}");
        check("red,blue", &["red", "blue"]);
        check(" red , ,blue,", &["red", "blue"]);
        check("", &[]);
        check(r#""matt, black",red"#, &["matt, black", "red"]);
        check(r#"red, "matt, black" , blue"#, &["red", "matt, black", "blue"]);
        check(r#""12"" screen""#, &["12\" screen"]);
        check(r#"" padded ""#, &[" padded "]);
        // Not closed, or only in the middle: a character like others.
        check(r#""matt, black"#, &["\"matt", "black"]);
        check(r#"12",14""#, &["12\"", "14\""]);
        check(r#""a"b,c"#, &["\"a\"b", "c"]);
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for wrong in [
            "colour=red",
            "attr.size[least]=4",
            "attr.size[min]=large",
            "attr.size[max]=",
            "rating[min]=5.1",
            "rating[min]=-1",
            "rating[min]=good",
            "discount[min]=101",
            "availability=soon",
            "sort=luck",
            "page=1&cursor=x",
            "limit=0",
            "explain=yes",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
