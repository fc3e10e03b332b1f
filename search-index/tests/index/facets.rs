//! Counts of the choices: each facet without its own filter.

use search_index::{Availability, FacetKind, Filters, Paging, ProductDocument, Query};

use crate::fixture::{Described, Fixture, product, query, shown};

fn shop() -> Fixture {
    Fixture::with(&[
        product("a", "A").brand("Dell").category("electronics/laptops").attribute("color", "red").price(90_000),
        product("b", "B").brand("Dell").category("electronics/laptops").attribute("color", "blue").price(120_000),
        product("c", "C")
            .brand("Acme")
            .category("electronics/laptops")
            .attribute("color", "red")
            .price(40_000)
            .sold_out(),
        product("d", "D").brand("Acme").category("electronics/phones").attribute("color", "red").price(20_000),
        product("e", "E").brand("Acme").category("bags").attribute("size", "L").attribute("size", "S").price(3_000),
        product("f", "F").category("bags").attribute("size", "L").attribute("color", "red").price(1_000),
    ])
}

fn filtered(filters: Filters) -> Query {
    Query { filters, ..query() }
}

fn colors(values: &[&str]) -> Filters {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Filters { attributes: [("color".to_owned(), values)].into(), ..Filters::default() }
}

#[test]
fn all_choices_of_everything() {
    let page = shop().search(&query());
    assert_eq!(shown(&page, "category"), "electronics 4, bags 2");
    assert_eq!(shown(&page, "brand"), "acme 3, dell 2");
    assert_eq!(shown(&page, "attr.color"), "red 4, blue 1");
    assert_eq!(shown(&page, "attr.size"), "L 2, S 1");
    assert_eq!(shown(&page, "availability"), "in_stock 5, sold_out 1");
    assert_eq!(shown(&page, "price"), "..4999 2, 5000..49999 2, 50000.. 2");
    let kinds: Vec<_> = page.facets.iter().map(|facet| (facet.key.as_str(), facet.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("category", FacetKind::Term),
            ("brand", FacetKind::Term),
            ("price", FacetKind::Range),
            ("availability", FacetKind::Term),
            ("attr.color", FacetKind::Term),
            ("attr.size", FacetKind::Term),
        ]
    );
}

#[test]
fn a_facet_ignores_its_own_filter_and_obeys_the_others() {
    let page = shop().search(&filtered(Filters { brands: vec!["dell".into()], ..Filters::default() }));
    assert_eq!(page.total, 2);
    assert_eq!(shown(&page, "brand"), "acme 3, dell* 2");
    assert_eq!(shown(&page, "category"), "electronics 2");
    assert_eq!(shown(&page, "attr.color"), "blue 1, red 1");

    let page = shop().search(&filtered(colors(&["blue"])));
    assert_eq!(page.total, 1);
    assert_eq!(shown(&page, "attr.color"), "red 4, blue* 1");
    assert_eq!(shown(&page, "brand"), "dell 1");
    assert_eq!(shown(&page, "attr.size"), "absent");

    let both = Filters { brands: vec!["acme".into()], ..colors(&["red"]) };
    let page = shop().search(&filtered(both));
    assert_eq!(page.total, 2);
    assert_eq!(shown(&page, "brand"), "acme* 2, dell 1");
    assert_eq!(shown(&page, "attr.color"), "red* 2");
    assert_eq!(shown(&page, "availability"), "in_stock 1, sold_out 1");
}

#[test]
fn a_selected_category_opens_its_surroundings() {
    let categories = |slug: &str| Filters { categories: vec![slug.to_owned()], ..Filters::default() };
    let page = shop().search(&filtered(categories("electronics")));
    assert_eq!(page.total, 4);
    assert_eq!(shown(&page, "category"), "electronics* 4, laptops 3, bags 2, phones 1");
    let page = shop().search(&filtered(categories("laptops")));
    assert_eq!(page.total, 3);
    assert_eq!(shown(&page, "category"), "electronics 4, laptops* 3, bags 2, phones 1");
    let category = page.facets.iter().find(|facet| facet.key == "category").unwrap();
    let laptops = category.buckets.iter().find(|bucket| bucket.value == "laptops").unwrap();
    assert_eq!(laptops.parent.as_deref(), Some("electronics"));
    assert_eq!(laptops.label, "laptops");
}

#[test]
fn what_is_selected_stays_listed_without_results() {
    let filters =
        Filters { brands: vec!["dell".into()], availability: vec![Availability::SoldOut], ..colors(&["blue"]) };
    let page = shop().search(&filtered(filters));
    assert_eq!(page.total, 0);
    assert_eq!(shown(&page, "brand"), "dell* 0");
    assert_eq!(shown(&page, "attr.color"), "blue* 0");
    assert_eq!(shown(&page, "availability"), "in_stock 1, sold_out* 0");
}

/// The count beside a choice is what clicking it finds.
#[test]
fn every_count_is_kept_when_clicked() {
    let documents: Vec<ProductDocument> = (0..300i64)
        .map(|n| {
            let document = product(&format!("p{n}"), if n % 3 == 0 { "Red Mug" } else { "Blue Mug" })
                .brand(["Dell", "Acme", "Razer"][usize::try_from(n % 3).unwrap()])
                .category(["a/b", "a/c", "d"][usize::try_from(n % 7 % 3).unwrap()])
                .attribute("color", ["red", "blue"][usize::try_from(n % 2).unwrap()])
                .attribute("size", &(n % 5).to_string())
                .price(n * n);
            if n % 11 == 0 { document.sold_out() } else { document }
        })
        .collect();
    let shop = Fixture::with(&documents);
    let asked = Query {
        text: "mug".to_owned(),
        filters: Filters { brands: vec!["dell".into(), "acme".into()], ..colors(&["red"]) },
        paging: Paging::Page { page: 1, limit: 1 },
        ..query()
    };
    let page = shop.search(&asked);
    assert!(page.facets.len() >= 6, "{:?}", page.facets);
    for facet in &page.facets {
        for bucket in &facet.buckets {
            let mut clicked = asked.clone();
            let filters = &mut clicked.filters;
            let value = bucket.value.clone();
            match facet.key.as_str() {
                "category" => filters.categories = vec![value],
                "brand" => filters.brands = vec![value],
                "price" => (filters.price_min, filters.price_max) = (bucket.from, bucket.to),
                "availability" => filters.availability = vec![value.parse().unwrap()],
                attribute => {
                    let key = attribute.strip_prefix("attr.").unwrap();
                    filters.attributes.insert(key.to_owned(), vec![value]);
                }
            }
            assert_eq!(shop.search(&clicked).total, bucket.count, "{} {}", facet.key, bucket.value);
        }
    }
}

#[test]
fn only_attributes_that_split_the_result_are_offered_and_not_too_many() {
    let documents: Vec<ProductDocument> = (0..200)
        .map(|n| {
            let mut document =
                product(&format!("p{n}"), "Mug").attribute("serial", &format!("sn-{n}")).attribute("material", "clay");
            for key in 0..12 {
                if n % (key + 1) == 0 {
                    document = document.attribute(&format!("k{key:02}"), &(n % 2).to_string());
                }
            }
            document
        })
        .collect();
    let page = Fixture::with(&documents).search(&query());
    let keys: Vec<&str> = page.facets.iter().map(|facet| facet.key.as_str()).collect();
    // Those on most products, of those with more than one value: every second k-key has one.
    assert_eq!(keys, ["availability", "attr.k00", "attr.k02", "attr.k04", "attr.k06", "attr.k08", "attr.k10"]);
}

#[test]
fn what_is_text_only_is_found_and_not_offered() {
    let mut documents = vec![product("a", "Mug"), product("b", "Cup")];
    for (document, value) in documents.iter_mut().zip(["porcelain", "clay"]) {
        let described = std::mem::take(document).attribute("material", value);
        *document = described;
        document.attributes[0].text_only = true;
    }
    let page = Fixture::with(&documents).search(&Query { text: "clay".to_owned(), ..query() });
    assert_eq!((page.total, shown(&page, "attr.material")), (1, "absent".to_owned()));
}

#[test]
fn facets_are_left_out_unless_asked_for() {
    let page = shop().search(&Query { facets: false, ..query() });
    assert_eq!((page.total, page.facets.len()), (6, 0));
}
