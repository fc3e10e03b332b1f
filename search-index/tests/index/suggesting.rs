//! What a text that is being typed may become.

use std::sync::Arc;

use search_index::{Availability, Error, PopularQueries, QueryError, Suggest, Suggestions};

use crate::fixture::{Described, Fixture, asking, product, typing};

fn shop() -> Fixture {
    Fixture::with(&[
        product("t-shirt", "Blue T-Shirt").category("men/shirts").brand("Levis").popular(500),
        product("shirt", "Oxford shirt").category("men/shirts").brand("Levis").popular(300),
        product("blouse", "Silk shirt blouse").category("women/blouses").brand("Silky"),
        product("headphones", "Wireless headphones").category("electronics/audio").brand("Sony").popular(900),
        product("phone", "Xperia phone").category("electronics/mobile-phones").brand("Sony").popular(200),
        product("iphone", "iPhone 7 32 GB").category("electronics/mobile-phones").brand("Apple").popular(800),
        product("xps", "XPS 13 laptop").category("electronics/laptops").brand("Dell").popular(100),
        product("gone", "Shirt with holes").category("men/shirts").popular(1_000).sold_out(),
        product("screen", "15.6\" screen").category("electronics/screens").popular(10),
        product("mouse", "无线鼠标").category("electronics/mice"),
        product("keyboard", "Клавиатура и клавиши, мышь и мыши").category("electronics/mice"),
        product("cafe", "Café crème").category("kitchen"),
    ])
}

fn line(found: &Suggestions) -> String {
    let products: Vec<&str> = found.products.iter().map(|product| product.id.as_str()).collect();
    let slugs = |names: &[search_index::SuggestedName]| {
        names.iter().map(|name| format!("{} {}", name.slug, name.count)).collect::<Vec<_>>().join(", ")
    };
    let scoped: Vec<String> = found.scoped.iter().map(|scope| format!("{} in {}", scope.text, scope.label)).collect();
    format!(
        "{} | {} | {} | {} | {}",
        found.queries.join(", "),
        products.join(" "),
        slugs(&found.categories),
        slugs(&found.brands),
        scoped.join(", ")
    )
}

#[test]
fn a_beginning_becomes_words_products_categories_and_brands() {
    let shop = shop();
    let mut wrong = Vec::new();
    let mut check = |text: &str, expected: &str| {
        let line = line(&shop.suggest(&typing(text)));
        if line != expected {
            wrong.push(format!("{text:?}: {line}"));
        }
    };
    // What can be bought first, then what is wanted most; the words that most products have first.
    check(
        "shi",
        "shirt, shirts | t-shirt shirt blouse gone | shirts 3 |  | shirt in men, shirt in blouses, shirt in women",
    );
    check(
        "SHIRT",
        "shirt, shirts | t-shirt shirt blouse gone | shirts 3 |  | shirt in men, shirt in blouses, shirt in women",
    );
    // Words within a name, and letters within a word of it.
    check("phon", "phones, phone | iphone phone | mobile-phones 2 |  | ");
    check("lev", "levis | t-shirt shirt |  | levis 2 | ");
    check("mobile pho", "mobile phones, mobile phone | iphone phone | mobile-phones 2 |  | ");
    check("pho mob", "phones mobile | iphone phone | mobile-phones 2 |  | ");
    // Mistyped, from the third letter.
    check(
        "shrit",
        "shirt, shirts | t-shirt shirt blouse gone | shirts 3 |  | shirt in men, shirt in blouses, shirt in women",
    );
    check("hed", "headphones | headphones |  |  | ");
    check("hd", " |  |  |  | ");
    check("laptpo", "laptop, laptops | xps | laptops 1 |  | ");
    // Never numbers.
    check("xps 14", " |  |  |  | ");
    // Nothing shorter than what was typed.
    check("xps 1", " | xps |  |  | ");
    check("oxford s", " | shirt |  |  | ");
    check("xps 13 lap", "xps 13 laptop, xps 13 laptops | xps |  |  | ");
    // A single letter or digit among others.
    check("t-shirt", "t shirt, t shirts | t-shirt | shirts 3 |  | ");
    check("t-sh", "t shirt, t shirts | t-shirt | shirts 3 |  | ");
    check("tshirt", "tshirt | t-shirt |  |  | ");
    check("iphone 7", "iphone 7 | iphone |  |  | ");
    check("iphone 7 3", " | iphone |  |  | ");
    check("15.6 scr", "15.6 screen, 15.6 screens | screen |  |  | ");
    // Other scripts and accents.
    check("caf", "cafe | cafe |  |  | ");
    check("CAFÉ CR", "cafe creme | cafe |  |  | ");
    check("клав", "клавиатура, клавиши | keyboard |  |  | ");
    check("клвиа", "клавиатура | keyboard |  |  | ");
    check("мышъ", "мыши, мышь | keyboard |  |  | ");
    check("无线鼠", " | mouse |  |  | ");
    // Nothing.
    check(
        "s",
        " |  | shirts 3, screens 1, electronics 7, mobile-phones 2, blouses 1, laptops 1 | sony 2, silky 1, levis 2 | ",
    );
    check("zeppelin", " |  |  |  | ");
    check("--", " |  |  |  | ");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_others_searched_for_comes_first() {
    let shop = shop();
    let popular = vec![
        ("shirt dress".to_owned(), 5),
        ("Blue Shirt".to_owned(), 50),
        ("T-Shirt".to_owned(), 40),
        ("phone".to_owned(), 60),
        ("headphones".to_owned(), 7),
        ("never".to_owned(), 0),
    ];
    let popular = Arc::new(PopularQueries::new(popular));
    let check = |text: &str, limit: usize, expected: &[&str]| {
        let found = shop.suggest(&Suggest { popular: popular.clone(), limit, ..typing(text) });
        assert_eq!(found.queries, expected, "{text}");
    };
    check("", 3, &["phone", "Blue Shirt", "T-Shirt"]);
    check("shi", 6, &["shirt dress", "Blue Shirt", "T-Shirt", "shirt", "shirts"]);
    check("shi", 4, &["shirt dress", "Blue Shirt", "T-Shirt", "shirt"]);
    check("shi bl", 6, &["Blue Shirt", "shirt blouse", "shirt blouses", "shirt blue"]);
    // Once, in whichever spelling.
    check("phone", 6, &["phone", "headphones", "phones"]);
    check("t-shirt", 6, &["T-Shirt", "Blue Shirt", "shirt dress", "t shirts"]);
    check("haedph", 6, &["headphones"]);
    check("never", 6, &[]);
}

#[test]
fn a_text_is_offered_within_the_categories_that_divide_it() {
    let shop = shop();
    let popular = Arc::new(PopularQueries::new(vec![("Shirt".to_owned(), 5)]));
    let found = shop.suggest(&Suggest { popular, ..typing("shi") });
    let scoped: Vec<_> = found.scoped.iter().map(|scope| (scope.text.as_str(), scope.slug.as_str())).collect();
    // As it is typed in the first suggestion; not in the category that says the same.
    assert_eq!(scoped, [("Shirt", "men"), ("Shirt", "blouses"), ("Shirt", "women")]);
    assert!(shop.suggest(&typing("xps")).scoped.is_empty(), "one product, one way");
}

#[test]
fn what_is_gone_is_not_suggested() {
    let shop = shop();
    let products = |text: &str| -> Vec<String> {
        shop.suggest(&typing(text)).products.into_iter().map(|product| product.id).collect()
    };
    assert_eq!(products("shirt"), ["t-shirt", "shirt", "blouse", "gone"]);
    shop.index.set_availability([("t-shirt", Availability::SoldOut), ("gone", Availability::Low)]).unwrap();
    assert_eq!(products("shirt"), ["gone", "shirt", "blouse", "t-shirt"]);
    shop.delete("gone", 2);
    assert_eq!(products("shirt"), ["shirt", "blouse", "t-shirt"]);
    assert!(shop.suggest(&typing("hole")).queries.is_empty(), "only what is deleted has holes");
    shop.delete("xps", 2);
    let found = shop.suggest(&typing("lap"));
    assert!(found.queries.is_empty() && found.products.is_empty() && found.scoped.is_empty(), "{found:?}");
    assert!(shop.suggest(&typing("dell")).products.is_empty());
}

#[test]
fn at_most_so_many_of_each_kind_and_each_worth_a_search() {
    let many: Vec<_> = (0..60)
        .map(|n| {
            product(&format!("p{n:02}"), &format!("Shirt shirt{n:02}a"))
                .category(&format!("shirts-{n:02}"))
                .brand(&format!("Shirtly {n:02}"))
        })
        .collect();
    let shop = Fixture::with(&many);
    for limit in [1, 6, 20] {
        let found = shop.suggest(&Suggest { limit, ..typing("shi") });
        let sizes = [found.queries.len(), found.products.len(), found.categories.len(), found.brands.len()];
        assert_eq!(sizes, [limit; 4]);
        for query in &found.queries {
            assert!(shop.search(&asking(query)).total > 0, "{query}");
        }
    }
    let refused = |suggest: Suggest| match shop.index.suggest(&suggest) {
        Err(Error::Query(error)) => error,
        other => panic!("{other:?}"),
    };
    for limit in [0, 21, usize::MAX] {
        let refused = refused(Suggest { limit, ..typing("shi") });
        assert_eq!(refused, QueryError::LimitOutOfRange { given: limit, max: 20 });
    }
    assert_eq!(refused(typing(&"é".repeat(201))), QueryError::TextTooLong { given: 201, max: 200 });
}
