//! What stands under which heading.

use serde_json::{Map, Value, json};

const HEADINGS: [(&str, &str); 26] = [
    ("session", "Shopping without an account: a guest is a signed token, and whatever belongs to it."),
    ("auth", "Accounts: made, signed in to and out of. The refresh token is a cookie that nothing else sees."),
    ("me", "One's own account: where it is signed in, and what belongs to it."),
    ("catalogue", "What is for sale: products by words, filters and category. Anybody may read it."),
    ("cart", "What somebody means to buy. A cart holds nothing back."),
    ("checkout", "What it costs, and buying it: all of it or nothing, once for a key."),
    ("orders", "What somebody bought."),
    ("live", "What happens, as it happens."),
    ("admin: orders", "Orders on their way: confirmed, packed, shipped, delivered, returned."),
    ("admin: stock", "What is on the shelf, what of it is promised, and every change of it."),
    ("admin: products", "Products."),
    ("admin: variants", "What of a product can be bought: each has a SKU and a price."),
    ("admin: categories", "The tree of categories."),
    ("admin: brands", "Brands."),
    ("admin: locations", "Where goods are."),
    ("admin: tax classes", "How goods are taxed."),
    ("admin: shipping", "What sending an order costs."),
    (
        "admin: search",
        "What the shop says about words and products when somebody searches, and what people searched for.",
    ),
    ("admin: imports", "Products and stock from files."),
    ("admin: exports", "Products and stock as files."),
    ("seller", "What a seller sells, and what was bought of it."),
    ("admin: users", "Who looks after the shop, and who sells in it: roles, and who is kept out."),
    ("admin: customers", "Who buys in the shop: found by their address, and kept out."),
    ("admin: audit", "Who changed what, when and from where."),
    ("admin: keys", "What machines show: keys with scopes, that expire, are replaced and are revoked."),
    ("system", "What operators and tools ask."),
];

/// The headings under which something stands, in the order of the list above. One that is not on it is left without words,
/// which the tests of the description do not let pass.
pub(super) fn of(paths: &Map<String, Value>) -> Value {
    let operations = paths.values().filter_map(Value::as_object).flat_map(|verbs| verbs.values());
    let used: Vec<&str> =
        operations.filter_map(|operation| operation["tags"].as_array()).flatten().filter_map(Value::as_str).collect();
    let said = HEADINGS.iter().filter(|(name, _)| used.contains(name));
    said.map(|(name, about)| json!({ "name": name, "description": about })).collect()
}
