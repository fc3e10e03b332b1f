//! Everybody at once, at every endpoint that changes something: fifty times the very same request, and fifty that are nearly
//! the same, let go together. One wins where one is due; what is left adds up; the books are clean afterwards.
//!
//! The table below is compared with the API's own description: an endpoint that is not attacked fails the test, and so does
//! an attack on what is not there.

mod buying;
mod changing;
mod importing;
mod keying;
mod letters;
mod making;
mod moving;
mod people;
mod salvo;
mod searching;
mod shelf;
mod signing_in;
mod staffing;
mod stage;
mod ways_in;

use std::collections::BTreeSet;

use futures_util::future::LocalBoxFuture;
use serde_json::Value;

use crate::app::TestApp;
use stage::Stage;

type Attack = for<'a> fn(&'a Stage) -> LocalBoxFuture<'a, ()>;

macro_rules! table {
    ($($endpoint:literal => $family:ident::$attack:ident;)+) => {
        &[$(($endpoint, |stage| Box::pin($family::$attack(stage)))),+]
    };
}

const TABLE: &[(&str, Attack)] = table! {
    "POST /api/v1/session" => buying::session;
    "POST /api/v1/auth/register" => signing_in::register;
    "POST /api/v1/auth/login" => signing_in::login;
    "POST /api/v1/auth/refresh" => signing_in::refresh;
    "POST /api/v1/auth/logout" => signing_in::logout;
    "POST /api/v1/auth/password/forgot" => letters::forgot_password;
    "POST /api/v1/auth/password/reset" => letters::reset_password;
    "POST /api/v1/auth/email/confirm" => letters::confirm_email;
    "POST /api/v1/me/password" => letters::change_password;
    "POST /api/v1/me/email" => letters::change_email;
    "POST /api/v1/me/email/confirmation" => letters::ask_to_confirm;
    "PATCH /api/v1/me" => people::profile;
    "DELETE /api/v1/me" => people::erase;
    "POST /api/v1/me/addresses" => people::add_address;
    "PUT /api/v1/me/addresses/{id}" => people::change_address;
    "DELETE /api/v1/me/addresses/{id}" => people::remove_address;
    "PUT /api/v1/me/wishlist/{sku}" => people::wish;
    "DELETE /api/v1/me/wishlist/{sku}" => people::unwish;
    "PUT /api/v1/me/viewed/{slug}" => people::view;
    "DELETE /api/v1/me/viewed" => people::forget_viewed;
    "POST /api/v1/me/orders/claim" => people::claim;
    "POST /api/v1/cart/merge" => people::merge;
    "DELETE /api/v1/me/sessions/{id}" => signing_in::end_session;
    "POST /api/v1/auth/otp/send" => ways_in::send_code;
    "POST /api/v1/auth/otp/verify" => ways_in::verify_code;
    "POST /api/v1/auth/second-factor" => ways_in::second_factor;
    "POST /api/v1/me/second-factor" => ways_in::enrol;
    "POST /api/v1/me/second-factor/confirm" => ways_in::confirm;
    "POST /api/v1/me/second-factor/recovery-codes" => ways_in::recovery_codes;
    "POST /api/v1/me/second-factor/disable" => ways_in::disable;
    "POST /api/v1/me/identities/{provider}" => ways_in::link;
    "DELETE /api/v1/me/identities/{provider}" => ways_in::unlink;
    "POST /api/v1/cart/items" => buying::add_to_cart;
    "PUT /api/v1/cart/items/{sku}" => buying::change_cart;
    "DELETE /api/v1/cart/items/{sku}" => buying::empty_cart;
    "POST /api/v1/checkout/quote" => buying::quote;
    "POST /api/v1/checkout" => buying::checkout;
    "POST /api/v1/orders/{order_no}/cancel" => moving::buyer_cancels;
    "POST /api/v1/admin/orders/{order_no}/confirm" => moving::confirm;
    "POST /api/v1/admin/orders/{order_no}/cancel" => moving::cancel;
    "POST /api/v1/admin/orders/{order_no}/pack" => moving::pack;
    "POST /api/v1/admin/orders/{order_no}/ship" => moving::ship;
    "POST /api/v1/admin/orders/{order_no}/deliver" => moving::deliver;
    "POST /api/v1/admin/orders/{order_no}/return" => moving::return_goods;
    "POST /api/v1/admin/orders/{order_no}/extend" => moving::extend;
    "POST /api/v1/admin/stock/{sku}/receive" => shelf::receive;
    "POST /api/v1/admin/stock/{sku}/adjust" => shelf::adjust;
    "POST /api/v1/admin/stock/{sku}/set" => shelf::set;
    "POST /api/v1/admin/stock/{sku}/transfer" => shelf::transfer;
    "POST /api/v1/admin/products" => making::products;
    "POST /api/v1/admin/products/{id}/variants" => making::variants;
    "POST /api/v1/admin/brands" => making::brands;
    "POST /api/v1/admin/categories" => making::categories;
    "POST /api/v1/admin/locations" => making::locations;
    "POST /api/v1/admin/tax-classes" => making::tax_classes;
    "POST /api/v1/admin/search/synonyms" => searching::synonyms;
    "POST /api/v1/admin/search/rules" => making::search_rules;
    "PATCH /api/v1/admin/search/synonyms/{id}" => searching::change_synonym;
    "PATCH /api/v1/admin/search/rules/{id}" => searching::change_rule;
    "DELETE /api/v1/admin/search/synonyms/{id}" => searching::remove_synonym;
    "DELETE /api/v1/admin/search/rules/{id}" => searching::remove_rule;
    "POST /api/v1/search/clicks" => searching::click;
    "PATCH /api/v1/admin/products/{id}" => changing::product;
    "POST /api/v1/admin/products/{id}/archive" => changing::archive_product;
    "PATCH /api/v1/admin/variants/{id}" => changing::variant;
    "POST /api/v1/admin/variants/{id}/archive" => changing::archive_variant;
    "POST /api/v1/admin/variants/{id}/restore" => changing::restore_variant;
    "PATCH /api/v1/admin/brands/{id}" => changing::brand;
    "POST /api/v1/admin/brands/{id}/archive" => changing::archive_brand;
    "POST /api/v1/admin/brands/{id}/restore" => changing::restore_brand;
    "PATCH /api/v1/admin/categories/{id}" => changing::category;
    "POST /api/v1/admin/categories/{id}/archive" => changing::archive_category;
    "POST /api/v1/admin/categories/{id}/restore" => changing::restore_category;
    "PATCH /api/v1/admin/locations/{id}" => changing::location;
    "POST /api/v1/admin/locations/{id}/archive" => changing::archive_location;
    "POST /api/v1/admin/locations/{id}/restore" => changing::restore_location;
    "PATCH /api/v1/admin/tax-classes/{code}" => changing::tax_class;
    "POST /api/v1/admin/tax-classes/{code}/archive" => changing::archive_tax_class;
    "POST /api/v1/admin/tax-classes/{code}/restore" => changing::restore_tax_class;
    "PATCH /api/v1/admin/shipping" => changing::shipping;
    "PATCH /api/v1/admin/search/settings" => changing::search_settings;
    "POST /api/v1/admin/search/index/rebuild" => changing::search_index;
    "POST /api/v1/admin/imports/products" => importing::products;
    "POST /api/v1/admin/imports/stock" => importing::stock;
    "POST /api/v1/admin/keys" => keying::create;
    "POST /api/v1/admin/keys/{id}/rotate" => keying::rotate;
    "POST /api/v1/admin/keys/{id}/revoke" => keying::revoke;
    "POST /api/v1/admin/users" => staffing::invite;
    "PATCH /api/v1/admin/users/{id}" => staffing::change;
    "POST /api/v1/admin/users/{id}/block" => staffing::block;
    "POST /api/v1/admin/users/{id}/unblock" => staffing::unblock;
    "POST /api/v1/admin/customers/{id}/block" => staffing::block_customer;
    "POST /api/v1/admin/customers/{id}/unblock" => staffing::unblock_customer;
    "POST /api/v1/admin/first" => staffing::first;
    "POST /api/v1/seller/products" => staffing::seller_makes;
    "PATCH /api/v1/seller/products/{id}" => staffing::seller_changes;
};

#[actix_web::test]
async fn whoever_comes_together_is_served_one_after_the_other() {
    let stage = Stage::new(TestApp::start());
    for (_, attack) in TABLE {
        attack(&stage).await;
    }
    stage.app.books_are_clean();
}

#[actix_web::test]
async fn every_endpoint_that_changes_something_is_attacked() {
    let app = TestApp::start();
    let description = app.client.get("/api/v1/openapi.json").send().await.expect(200);
    let paths = description["paths"].as_object().expect("paths");
    let verbs = |(path, verbs): (&String, &Value)| {
        let verbs = verbs.as_object().expect("verbs").keys().filter(|verb| *verb != "get" && *verb != "head");
        verbs.map(|verb| format!("{} {path}", verb.to_uppercase())).collect::<Vec<_>>()
    };
    let described: BTreeSet<String> = paths.iter().flat_map(verbs).collect();
    let attacked: BTreeSet<String> = TABLE.iter().map(|(endpoint, _)| (*endpoint).to_owned()).collect();
    assert_eq!(attacked.len(), TABLE.len(), "an endpoint stands in the table twice");
    let (missing, gone) = (described.difference(&attacked), attacked.difference(&described));
    assert_eq!((missing.collect::<Vec<_>>(), gone.collect::<Vec<_>>()), (Vec::new(), Vec::new()));
}
