//! PURE. A catalogue of any size, made from a seed: each product can be made by its number alone, so that a million of them
//! are streamed in the memory of one, and a query can be about a product that the index has.
//!
//! The skew is that of a real shop: few words, brands, categories and values are everywhere, most are rare. The vocabulary
//! grows with the catalogue, brands, categories and attributes stay.

mod attributes;
mod categories;
mod dice;
mod lists;
mod product;
mod words;
mod zipf;

use search_index::ProductDocument;

use attributes::Attributes;
use categories::Categories;
pub(crate) use dice::Dice;
use words::{Vocabulary, brand_name};
use zipf::Zipf;

const BRANDS: usize = 2_000;

pub(crate) struct Catalogue {
    seed: u64,
    products: u64,
    vocabulary: Vocabulary,
    brands: Vec<String>,
    brand: Zipf,
    categories: Categories,
    attributes: Attributes,
}

impl Catalogue {
    pub(crate) fn new(seed: u64, products: u64) -> Catalogue {
        let vocabulary = Vocabulary::for_products(products);
        Catalogue {
            seed,
            products,
            brands: (0..BRANDS).map(brand_name).collect(),
            brand: Zipf::new(BRANDS, 1.0),
            categories: Categories::new(),
            attributes: Attributes::new(&vocabulary),
            vocabulary,
        }
    }

    /// How many products there are.
    pub(crate) fn len(&self) -> u64 {
        self.products
    }

    pub(crate) fn products(&self) -> impl Iterator<Item = ProductDocument> {
        (0..self.products).map(|number| self.product(number))
    }

    /// The same for the same number, whichever were made before it.
    pub(crate) fn product(&self, number: u64) -> ProductDocument {
        product::product(self, number, &mut Dice::of(self.seed, number))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::LazyLock;

    use search_index::Availability;

    use super::*;

    const PRODUCTS: u64 = 4_000;

    fn catalogue() -> Catalogue {
        Catalogue::new(7, PRODUCTS)
    }

    static ALL: LazyLock<Vec<ProductDocument>> = LazyLock::new(|| catalogue().products().collect());

    /// How many products have each, the most frequent first.
    fn counts<K: Ord>(of: impl Fn(&ProductDocument) -> Vec<K>) -> Vec<usize> {
        let mut counts: BTreeMap<K, usize> = BTreeMap::new();
        for product in ALL.iter() {
            for key in of(product) {
                *counts.entry(key).or_default() += 1;
            }
        }
        let mut counts: Vec<usize> = counts.into_values().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        counts
    }

    #[test]
    fn the_same_seed_makes_the_same_products() {
        let (one, again, other) = (catalogue(), catalogue(), Catalogue::new(8, PRODUCTS));
        assert_eq!(one.product(17), ALL[17]);
        assert_eq!(again.product(3), ALL[3]);
        assert_ne!(one.product(17).title, other.product(17).title);
        assert_eq!(ALL.len() as u64, one.len());
    }

    #[test]
    fn a_product_is_whole() {
        for product in ALL.iter() {
            assert!((3..=4).contains(&product.categories.len()), "{product:?}");
            assert_eq!(product.attributes.len(), 20);
            assert!((30..=34).contains(&product.description.split(' ').count()), "{}", product.description);
            assert!(product.price > 0 && product.popularity <= 1_000 && product.rating <= 500, "{product:?}");
            assert!(product.brand.is_some() && product.codes.len() == 2);
        }
        let ids = counts(|product| vec![product.id.clone()]);
        assert_eq!((ids.len() as u64, ids[0]), (PRODUCTS, 1));
    }

    #[test]
    fn few_are_everywhere_and_most_are_rare() {
        // Of Zipf's law over 2,000 brands: 1 / (ln 2000 + 0.577) = 12.2 %.
        let brands = counts(|product| vec![product.brand.clone().unwrap().slug]);
        assert!((400..600).contains(&brands[0]), "{brands:?}");
        assert!(brands.len() > 500 && brands[brands.len() / 2] <= 4, "{brands:?}");
        let categories = counts(|product| vec![product.categories.last().unwrap().slug.clone()]);
        assert!((60..400).contains(&categories[0]) && categories.len() > 800, "{} {}", categories[0], categories.len());
        let words = counts(|product| product.title.split(' ').map(str::to_lowercase).collect());
        assert!(words[0] > 300 && words[words.len() / 2] <= 2, "{} {}", words[0], words.len());
        let keys = counts(|product| product.attributes.iter().map(|it| it.key.clone()).collect());
        assert!((250..=300).contains(&keys.len()), "{}", keys.len());
    }

    #[test]
    fn some_are_sold_out_cheaper_or_wanted() {
        let share =
            |of: &dyn Fn(&ProductDocument) -> bool| ALL.iter().filter(|product| of(product)).count() * 100 / ALL.len();
        assert!((4..=6).contains(&share(&|product| product.availability == Availability::SoldOut)));
        assert!((30..=45).contains(&share(&|product| product.discount_bp > 0)));
        assert!((60..=80).contains(&share(&|product| product.rating > 0)));
        assert!((1..=25).contains(&share(&|product| product.popularity > 200)));
    }
}
