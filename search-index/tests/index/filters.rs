//! What filters let through, and which are refused.

use search_index::{Availability, Error, Exclusions, Filters, NumberRange, Paging, Query, QueryError, Sort};

use crate::fixture::{Described, Fixture, ids, owned, product, query};

fn shop() -> Fixture {
    Fixture::with(&[
        product("a", "A").brand("Dell").category("electronics/laptops/gaming").attribute("color", "red").price(100),
        product("b", "B")
            .brand("Acme")
            .category("electronics/laptops")
            .attribute("color", "blue")
            .attribute("size", "L")
            .price(200),
        product("c", "C")
            .brand("Razer")
            .category("electronics")
            .attribute("color", "red")
            .attribute("size", "S")
            .price(300)
            .sold_out(),
        product("d", "D").category("bags").attribute("size", "L").price(0),
    ])
}

#[test]
fn values_are_alternatives_and_filters_add_up() {
    let shop = shop();
    let check = |filters: Filters, expected: &[&str]| {
        let query = Query { filters: filters.clone(), sort: vec![Sort::TitleAscending], ..query() };
        let page = shop.search(&query);
        assert_eq!(ids(&page), expected, "{filters:?}");
        assert_eq!(page.total, expected.len() as u64, "{filters:?}");
        let without_facets = shop.search(&Query { facets: false, ..query });
        assert_eq!(ids(&without_facets), expected, "{filters:?}");
    };
    let none = Filters::default;
    let categories = |values: &[&str]| Filters { categories: owned(values), ..none() };
    let brands = |values: &[&str]| Filters { brands: owned(values), ..none() };
    let attributes = |pairs: &[(&str, &[&str])]| Filters {
        attributes: pairs.iter().map(|(key, values)| ((*key).to_owned(), owned(values))).collect(),
        ..none()
    };
    let prices = |price_min, price_max| Filters { price_min, price_max, ..none() };

    check(none(), &["a", "b", "c", "d"]);
    // A category includes what is below it.
    check(categories(&["electronics"]), &["a", "b", "c"]);
    check(categories(&["laptops"]), &["a", "b"]);
    check(categories(&["gaming", "bags"]), &["a", "d"]);
    check(categories(&["nowhere"]), &[]);
    check(brands(&["dell", "razer"]), &["a", "c"]);
    check(brands(&["Dell"]), &[]);
    // Both ends are inclusive.
    check(prices(Some(100), Some(200)), &["a", "b"]);
    check(prices(Some(101), None), &["b", "c"]);
    check(prices(None, Some(0)), &["d"]);
    check(prices(None, Some(-1)), &[]);
    check(attributes(&[("color", &["red", "blue"])]), &["a", "b", "c"]);
    check(attributes(&[("color", &["red", "blue"]), ("size", &["L"])]), &["b"]);
    check(attributes(&[("color", &["L"])]), &[]);

    check(Filters { availability: vec![Availability::SoldOut], ..none() }, &["c"]);
    check(
        Filters { availability: vec![Availability::InStock, Availability::Low], ..brands(&["razer", "dell"]) },
        &["a"],
    );
}

#[test]
fn what_has_one_of_these_is_left_out() {
    let shop = shop();
    let check = |without: Exclusions, filters: Filters, expected: &[&str]| {
        let filters = Filters { without, ..filters };
        let page = shop.search(&Query { filters: filters.clone(), sort: vec![Sort::TitleAscending], ..query() });
        assert_eq!(ids(&page), expected, "{filters:?}");
    };
    let none = Filters::default;
    let categories = |values: &[&str]| Exclusions { categories: owned(values), ..Exclusions::default() };
    let brands = |values: &[&str]| Exclusions { brands: owned(values), ..Exclusions::default() };
    let attributes = |key: &str, values: &[&str]| Exclusions {
        attributes: [(key.to_owned(), owned(values))].into(),
        ..Exclusions::default()
    };
    // With all that is below it.
    check(categories(&["laptops"]), none(), &["c", "d"]);
    check(categories(&["gaming", "bags"]), none(), &["b", "c"]);
    check(categories(&["electronics", "bags"]), none(), &[]);
    // What has none at all has not this one.
    check(brands(&["dell", "acme"]), none(), &["c", "d"]);
    check(attributes("color", &["red"]), none(), &["b", "d"]);
    check(attributes("size", &["L", "S"]), none(), &["a"]);
    check(attributes("size", &["L"]), Filters { brands: owned(&["acme", "razer"]), ..none() }, &["c"]);
    // Beside what is wanted of the same kind.
    check(categories(&["laptops"]), Filters { categories: owned(&["electronics"]), ..none() }, &["c"]);
    // What nothing has leaves nothing out.
    check(brands(&["nobody"]), none(), &["a", "b", "c", "d"]);
    check(categories(&["nowhere"]), none(), &["a", "b", "c", "d"]);

    check(attributes("color", &["violet"]), none(), &["a", "b", "c", "d"]);
    check(Exclusions { brands: owned(&["dell"]), ..attributes("size", &["S"]) }, none(), &["b", "d"]);
}

#[test]
fn ranges_of_numbers_ratings_and_reductions() {
    let shop = Fixture::with(&[
        product("a", "A").attribute("weight", "1.5").rated(449).discounted(1_999),
        product("b", "B").attribute("weight", "15").attribute("weight", "0.25").rated(450).discounted(2_000),
        product("c", "C").attribute("weight", "-3").rated(500).discounted(9_000),
        product("d", "D").attribute("weight", "20 kg").attribute("width", "15"),
    ]);
    let check = |filters: Filters, expected: &[&str]| {
        let page = shop.search(&Query { filters: filters.clone(), sort: vec![Sort::TitleAscending], ..query() });
        assert_eq!(ids(&page), expected, "{filters:?}");
    };
    let weight = |min, max| Filters {
        attribute_ranges: [("weight".to_owned(), NumberRange { min, max })].into(),
        ..Filters::default()
    };
    // Any of a product's values, both ends inclusive; what is no number is in no range.
    check(weight(Some(1_500), Some(15_000)), &["a", "b"]);
    check(weight(Some(1_501), Some(14_999)), &[]);
    check(weight(None, Some(250)), &["b", "c"]);
    check(weight(None, Some(-1)), &["c"]);
    check(weight(Some(i64::MIN), Some(i64::MAX)), &["a", "b", "c"]);
    check(Filters { attributes: [("weight".to_owned(), owned(&["15"]))].into(), ..weight(None, Some(1_000)) }, &["b"]);

    check(Filters { rating_min: Some(45), ..Filters::default() }, &["b", "c"]);
    check(Filters { rating_min: Some(0), ..Filters::default() }, &["a", "b", "c", "d"]);
    check(Filters { rating_min: Some(u32::MAX), ..Filters::default() }, &[]);
    check(Filters { discount_min: Some(20), ..Filters::default() }, &["b", "c"]);
    check(Filters { discount_min: Some(u32::MAX), ..Filters::default() }, &[]);
}

#[test]
fn bad_questions_are_refused_by_name() {
    let shop = shop();
    let check = |query: Query, expected: QueryError| match shop.index.search(&query) {
        Err(Error::Query(error)) => assert_eq!(error, expected),
        other => panic!("{other:?} instead of {expected}"),
    };
    let paged = |page, limit| Query { paging: Paging::Page { page, limit }, ..query() };
    let max = 200;
    check(paged(1, 0), QueryError::LimitOutOfRange { given: 0, max });
    check(paged(1, 201), QueryError::LimitOutOfRange { given: 201, max });
    check(paged(0, 10), QueryError::PageOutOfRange { page: 0, limit: 10, max: 10_000 });
    check(paged(1_001, 10), QueryError::PageOutOfRange { page: 1_001, limit: 10, max: 10_000 });
    check(paged(usize::MAX, 10), QueryError::PageOutOfRange { page: usize::MAX, limit: 10, max: 10_000 });
    check(Query { text: "é".repeat(201), ..query() }, QueryError::TextTooLong { given: 201, max: 200 });
    let filtered = |filters| Query { filters, ..query() };
    check(
        filtered(Filters { price_min: Some(5), price_max: Some(4), ..Filters::default() }),
        QueryError::PriceRangeInverted { min: 5, max: 4 },
    );
    check(
        filtered(Filters { brands: vec![String::new(); 201], ..Filters::default() }),
        QueryError::TooManyFilterValues { given: 201, max: 200 },
    );
    check(
        filtered(Filters { attributes: [("color".to_owned(), Vec::new())].into(), ..Filters::default() }),
        QueryError::EmptyFilter { key: "color".to_owned() },
    );
    let nothing = Exclusions { attributes: [("size".to_owned(), Vec::new())].into(), ..Exclusions::default() };
    check(
        filtered(Filters { without: nothing, ..Filters::default() }),
        QueryError::EmptyFilter { key: "size".to_owned() },
    );
    let many = Exclusions { brands: vec![String::new(); 150], ..Exclusions::default() };
    check(
        filtered(Filters { categories: vec![String::new(); 51], without: many, ..Filters::default() }),
        QueryError::TooManyFilterValues { given: 201, max: 200 },
    );
    let range = |min, max| Filters {
        attribute_ranges: [("size".to_owned(), NumberRange { min, max })].into(),
        ..Filters::default()
    };
    check(filtered(range(None, None)), QueryError::EmptyFilter { key: "size".to_owned() });
    check(filtered(range(Some(2), Some(1))), QueryError::RangeInverted { key: "size".to_owned() });
    // What no product has is not only nowhere: it is a mistake, and told what there is.
    let valid = owned(&["color", "size"]);
    let unknown = QueryError::UnknownAttribute { key: "weight".to_owned(), valid };
    check(
        filtered(Filters { attributes: [("weight".to_owned(), owned(&["1"]))].into(), ..Filters::default() }),
        unknown.clone(),
    );
    let without = Exclusions { attributes: [("weight".to_owned(), owned(&["1"]))].into(), ..Exclusions::default() };
    check(filtered(Filters { without, ..Filters::default() }), unknown.clone());
    let heavy = NumberRange { min: Some(1), max: None };
    check(filtered(Filters { attribute_ranges: [("weight".to_owned(), heavy)].into(), ..Filters::default() }), unknown);
    let sorted = |sort: &[Sort]| Query { sort: sort.to_vec(), ..query() };
    check(sorted(&[Sort::Newest, Sort::Newest]), QueryError::RepeatedSort { given: "-created_at".to_owned() });
    check(
        sorted(&[Sort::Newest, Sort::Oldest, Sort::Relevance, Sort::TitleAscending]),
        QueryError::TooManySorts { given: 4, max: 3 },
    );
}

#[test]
fn sorts_and_availabilities_are_read_back_from_their_names() {
    for name in ["relevance", "price", "-price", "created_at", "-created_at", "title", "-title"] {
        assert_eq!(name.parse::<Sort>().unwrap().to_string(), name);
    }
    for wrong in ["", "Price", "--price", "rating"] {
        assert_eq!(wrong.parse::<Sort>(), Err(QueryError::UnknownSort { given: wrong.to_owned() }));
    }
    for availability in Availability::ALL {
        assert_eq!(availability.name().parse(), Ok(availability));
    }
    assert!("none".parse::<Availability>().is_err());
}
