//! What filters let through, and which are refused.

use search_index::{Availability, Error, Filters, Paging, Query, QueryError, Sort};

use crate::fixture::{Described, Fixture, ids, product, query};

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
    let strings = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let none = Filters::default;
    let categories = |values: &[&str]| Filters { categories: strings(values), ..none() };
    let brands = |values: &[&str]| Filters { brands: strings(values), ..none() };
    let attributes = |pairs: &[(&str, &[&str])]| Filters {
        attributes: pairs.iter().map(|(key, values)| ((*key).to_owned(), strings(values))).collect(),
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
    check(attributes(&[("weight", &["1"])]), &[]);
    check(Filters { availability: vec![Availability::SoldOut], ..none() }, &["c"]);
    check(
        Filters { availability: vec![Availability::InStock, Availability::Low], ..brands(&["razer", "dell"]) },
        &["a"],
    );
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
