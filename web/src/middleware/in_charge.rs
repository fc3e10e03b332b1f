//! PURE. What only the server that owns the cell can do. One that stands by for it says so, at the door, instead of
//! answering from what it does not know.
//!
//! Orders, carts and stock are the owner's. The catalogue is changed in the database against versions, and every server
//! hears of it: it may be changed anywhere. Whatever is only read is read from the database or from what is heard of it.

use actix_web::http::Method;

pub(super) fn is_the_owners(method: &Method, path: &str) -> bool {
    let Some(route) = path.strip_prefix("/api/v1/") else { return false };
    let mut steps = route.split('/');
    match steps.next().unwrap_or_default() {
        // A cart is in its actor's memory, a checkout asks the cart.
        "cart" | "checkout" => true,
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
}
