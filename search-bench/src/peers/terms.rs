//! PURE. What a product is filtered and counted by, as plain terms.

use std::collections::BTreeSet;

use search_index::{Availability, Filters, ProductDocument};

pub(super) fn of_product(product: &ProductDocument) -> BTreeSet<String> {
    let brand = product.brand.iter().map(|brand| format!("brand={}", brand.slug));
    let categories = product.categories.iter().map(|category| format!("category={}", category.slug));
    let attributes = product.attributes.iter().map(|attribute| format!("{}={}", attribute.key, attribute.value));
    let availability = std::iter::once(availability(product.availability));
    brand.chain(categories).chain(attributes).chain(availability).collect()
}

/// Of each list one must be had.
pub(super) fn of_filters(filters: &Filters) -> Vec<Vec<String>> {
    let named = |name: &str, values: &[String]| values.iter().map(|value| format!("{name}={value}")).collect();
    let mut lists: Vec<Vec<String>> = vec![named("brand", &filters.brands), named("category", &filters.categories)];
    lists.extend(filters.attributes.iter().map(|(key, values)| named(key, values)));
    lists.push(filters.availability.iter().copied().map(availability).collect());
    lists.retain(|list| !list.is_empty());
    lists
}

fn availability(availability: Availability) -> String {
    format!("availability={availability}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn a_product_has_a_term_of_each_filter_that_it_passes() {
        let product = Catalogue::new(1, 10).product(3);
        let attribute = &product.attributes[0];
        let filters = Filters {
            brands: vec![product.brand.as_ref().unwrap().slug.clone(), "another".to_owned()],
            categories: vec![product.categories[1].slug.clone()],
            attributes: [(attribute.key.clone(), vec![attribute.value.clone()])].into(),
            availability: vec![product.availability],
            ..Filters::default()
        };
        let (terms, lists) = (of_product(&product), of_filters(&filters));
        assert_eq!(lists.len(), 4);
        assert!(lists.iter().all(|list| list.iter().any(|term| terms.contains(term))), "{lists:?} {terms:?}");
        assert!(of_filters(&Filters::default()).is_empty());
    }
}
