//! PURE. What only the server that owns the cell can do. One that stands by for it says so, at the door, instead of
//! answering from what it does not know.
//!
//! Orders, carts and stock are the owner's. The catalogue is changed in the database against versions, and every server
//! hears of it: it may be changed anywhere. Whatever is only read is read from the database or from what is heard of it.

use actix_web::http::Method;

pub(crate) fn is_the_owners(method: &Method, path: &str) -> bool {
    let Some(route) = path.strip_prefix("/api/v1/") else { return false };
    let mut steps = route.split('/');
    match steps.next().unwrap_or_default() {
        // A cart is in its actor's memory, a checkout asks the cart.
        "cart" | "checkout" => true,
        // What is known of somebody, and forgetting them, has their cart in it.
        "me" => match steps.next() {
            None => method == Method::DELETE,
            Some(room) => room == "data",
        },
        _ if method.is_safe() => false,
        "orders" | "payments" => true,
        "admin" => match steps.next().unwrap_or_default() {
            "orders" | "stock" => true,
            "imports" => steps.next() == Some("stock"),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn what_moves_goods_is_the_owners_and_what_shows_them_is_not() {
        let cases = [
            ("POST", "/api/v1/checkout", true),
            ("POST", "/api/v1/checkout/quote", true),
            ("GET", "/api/v1/cart", true),
            ("POST", "/api/v1/cart/items", true),
            ("DELETE", "/api/v1/cart/items/CUP", true),
            ("POST", "/api/v1/orders/D-1/cancel", true),
            ("POST", "/api/v1/admin/orders/D-1/confirm", true),
            ("POST", "/api/v1/admin/stock/CUP/receive", true),
            ("POST", "/api/v1/admin/imports/stock", true),
            ("POST", "/api/v1/payments/webhook/stripe", true),
            ("POST", "/api/v1/admin/imports/products", false),
            ("PATCH", "/api/v1/admin/products/cup", false),
            ("GET", "/api/v1/admin/orders", false),
            ("GET", "/api/v1/admin/stock/CUP", false),
            ("GET", "/api/v1/orders/D-1", false),
            ("GET", "/api/v1/orders", false),
            ("POST", "/api/v1/session", false),
            ("GET", "/api/v1/products", false),
            ("GET", "/api/v1/events", false),
            ("GET", "/readyz", false),
            ("GET", "/", false),
        ];
        for (method, path, owners) in cases {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            assert_eq!(is_the_owners(&method, path), owners, "{method} {path}");
        }
    }

    /// Of every route, below `/api/v1`: whose it is. A new one has to be thought about: nothing may be moved by a server that
    /// does not own it.
    const OWNERS: &str = "
        POST /checkout
        POST /checkout/quote
        GET /cart
        POST /cart/items
        PUT /cart/items/{sku}
        DELETE /cart/items/{sku}
        POST /cart/merge
        GET /me/data
        DELETE /me
        POST /orders/{order_no}/cancel
        POST /admin/orders/{order_no}/cancel
        POST /admin/orders/{order_no}/confirm
        POST /admin/orders/{order_no}/deliver
        POST /admin/orders/{order_no}/extend
        POST /admin/orders/{order_no}/pack
        POST /admin/orders/{order_no}/return
        POST /admin/orders/{order_no}/ship
        POST /admin/stock/{sku}/adjust
        POST /admin/stock/{sku}/receive
        POST /admin/stock/{sku}/set
        POST /admin/stock/{sku}/transfer
        POST /admin/imports/stock
    ";
    const EVERYBODYS: &str = "
        POST /session
        POST /auth/register
        POST /auth/login
        POST /auth/refresh
        POST /auth/logout
        POST /auth/password/forgot
        POST /auth/password/reset
        POST /auth/email/confirm
        POST /auth/otp/send
        POST /auth/otp/verify
        POST /auth/second-factor
        GET /auth/oidc
        GET /auth/oidc/{provider}/start
        GET /auth/oidc/{provider}/callback
        GET /me/second-factor
        POST /me/second-factor
        POST /me/second-factor/confirm
        POST /me/second-factor/recovery-codes
        POST /me/second-factor/disable
        GET /me/identities
        POST /me/identities/{provider}
        DELETE /me/identities/{provider}
        POST /me/password
        POST /me/email
        POST /me/email/confirmation
        GET /me
        PATCH /me
        GET /me/addresses
        POST /me/addresses
        GET /me/addresses/{id}
        PUT /me/addresses/{id}
        DELETE /me/addresses/{id}
        GET /me/wishlist
        PUT /me/wishlist/{sku}
        DELETE /me/wishlist/{sku}
        GET /me/viewed
        DELETE /me/viewed
        PUT /me/viewed/{slug}
        POST /me/orders/claim
        GET /me/sessions
        DELETE /me/sessions/{id}
        GET /orders
        GET /orders/{order_no}
        GET /products
        GET /products/{slug}
        GET /search/suggest
        POST /search/clicks
        GET /categories
        GET /categories/{slug}
        GET /challenge
        GET /events
        GET /openapi.json
        GET /healthz
        GET /readyz
        GET /readyz/owner
        GET /metrics
        GET /
        GET /api/docs
        GET /problems/{name}
        GET /assets/{name}
        GET /admin/audit
        GET /admin/audit/{id}
        GET /admin/brands
        POST /admin/brands
        GET /admin/brands/{id}
        PATCH /admin/brands/{id}
        POST /admin/brands/{id}/archive
        POST /admin/brands/{id}/restore
        GET /admin/categories
        POST /admin/categories
        GET /admin/categories/{id}
        PATCH /admin/categories/{id}
        POST /admin/categories/{id}/archive
        POST /admin/categories/{id}/restore
        GET /admin/locations
        POST /admin/locations
        GET /admin/locations/{id}
        PATCH /admin/locations/{id}
        POST /admin/locations/{id}/archive
        POST /admin/locations/{id}/restore
        GET /admin/tax-classes
        POST /admin/tax-classes
        GET /admin/tax-classes/{code}
        PATCH /admin/tax-classes/{code}
        POST /admin/tax-classes/{code}/archive
        POST /admin/tax-classes/{code}/restore
        GET /admin/products
        POST /admin/products
        GET /admin/products/{id}
        PATCH /admin/products/{id}
        POST /admin/products/{id}/archive
        POST /admin/products/{id}/variants
        GET /admin/variants/{id}
        PATCH /admin/variants/{id}
        POST /admin/variants/{id}/archive
        POST /admin/variants/{id}/restore
        GET /admin/shipping
        PATCH /admin/shipping
        GET /admin/search/synonyms
        POST /admin/search/synonyms
        GET /admin/search/synonyms/{id}
        PATCH /admin/search/synonyms/{id}
        DELETE /admin/search/synonyms/{id}
        GET /admin/search/rules
        POST /admin/search/rules
        GET /admin/search/rules/{id}
        PATCH /admin/search/rules/{id}
        DELETE /admin/search/rules/{id}
        GET /admin/search/queries
        GET /admin/search/queries/without-results
        GET /admin/search/settings
        PATCH /admin/search/settings
        GET /admin/search/index
        POST /admin/search/index/rebuild
        GET /admin/exports/products
        GET /admin/exports/stock
        POST /admin/imports/products
        GET /admin/keys
        POST /admin/keys
        GET /admin/keys/{id}
        POST /admin/keys/{id}/rotate
        POST /admin/keys/{id}/revoke
        GET /admin/users
        POST /admin/users
        GET /admin/users/{id}
        PATCH /admin/users/{id}
        POST /admin/users/{id}/block
        POST /admin/users/{id}/unblock
        GET /admin/customers
        GET /admin/customers/{id}
        POST /admin/customers/{id}/block
        POST /admin/customers/{id}/unblock
        POST /admin/first
        GET /seller/products
        POST /seller/products
        GET /seller/products/{id}
        PATCH /seller/products/{id}
        GET /seller/orders
        GET /admin/orders
        GET /admin/orders/{order_no}
        GET /admin/stock/{sku}
        GET /admin/stock/{sku}/holds
        GET /admin/stock/{sku}/ledger
    ";

    #[test]
    fn of_every_route_it_is_known_whose_it_is() {
        let lines = |list: &'static str| list.lines().map(str::trim).filter(|line| !line.is_empty());
        let verdicts: BTreeMap<_, _> =
            lines(OWNERS).map(|line| (line, true)).chain(lines(EVERYBODYS).map(|line| (line, false))).collect();
        let table = crate::routes::all().table();
        let routes: BTreeSet<_> = table
            .iter()
            .map(|(method, path)| format!("{method} {}", path.strip_prefix("/api/v1").unwrap_or(path)))
            .collect();
        let known: BTreeSet<_> = verdicts.keys().map(|line| (*line).to_owned()).collect();
        let unknown: Vec<_> = routes.symmetric_difference(&known).collect();
        assert!(unknown.is_empty(), "without a verdict here, or not there any more: {unknown:#?}");
        for (method, path) in table {
            let line = format!("{method} {}", path.strip_prefix("/api/v1").unwrap_or(&path));
            assert_eq!(is_the_owners(&method, &path), verdicts[&*line], "{line}");
        }
    }
}
