//! A shop whose database is slow, away, or worse: `docs/faults.md` says what is promised then, cell by cell, and this is
//! where each cell is tested.
//!
//! ```text
//! the link turns bad --- everything is asked: "at first" --- noticed --- everything is asked: "meanwhile" --- mended ---
//! --- ready again --- the very same is asked once more, and everything was done once
//! ```

mod halfway;
mod matrix;
mod questions;
mod said;
mod shop;
mod trouble;
mod visit;

use std::collections::BTreeSet;
use std::time::Duration;

use matrix::Matrix;
use questions::{QUESTIONS, ask_everything, ask_until};
use said::Said;
use shop::Shop;
use trouble::Trouble;
use visit::Visit;

type Answers = Vec<(&'static str, Said)>;

async fn suffer(trouble: Trouble) {
    let (shop, matrix) = (Shop::open().await, Matrix::read());
    let visits = [Visit::prepare(&shop, "first").await, Visit::prepare(&shop, "meanwhile").await];
    let [first, meanwhile] = &visits;
    let listener = shop.listen_throughout().await;
    shop.warm().await;
    shop.show_pages().await;

    shop.proxy.set(trouble.link());
    shop.let_pages_age();
    let at_first = ask_everything(&shop, first).await;
    let mut broken = matrix.broken_at_first(trouble, &at_first);
    shop.notice(trouble).await;
    let answers = ask_everything(&shop, meanwhile).await;
    broken.extend(matrix.broken(trouble, &answers));

    shop.recover().await;
    for (visit, before) in [(first, at_first), (meanwhile, answers)] {
        let afterwards = ask_until(&shop, visit, |said| !said.is_under_way()).await;
        broken.extend(matrix.broken(Trouble::None, &afterwards));
        broken.extend(lies(&before, &afterwards));
    }
    assert!(broken.is_empty(), "{trouble:?}:\n{}", broken.join("\n"));
    shop.everything_was_done_once(&visits).await;
    shop.hears_again(listener).await;
    shop.nobody_is_left_inside().await;
    shop.app.books_are_clean();
}

/// Who was told that nothing was done, and learns afterwards that it was.
fn lies(before: &Answers, afterwards: &Answers) -> Vec<String> {
    let both = before.iter().zip(afterwards);
    let lies = both.filter(|((_, before), (_, after))| before.says_that_nothing_was_done() && after.is_replayed);
    lies.map(|((asked, before), _)| format!("{asked}: was {before}, and had been done")).collect()
}

#[actix_web::test]
async fn the_document_and_the_questions_are_of_the_same_things() {
    let matrix = Matrix::read();
    let tested: BTreeSet<&str> = QUESTIONS.iter().map(|(asked, _)| *asked).collect();
    assert_eq!(matrix.asked().collect::<BTreeSet<_>>(), tested);
}

#[actix_web::test]
async fn slow_by_50_ms() {
    suffer(Trouble::Slower(Duration::from_millis(50))).await;
}

#[actix_web::test]
async fn slow_by_500_ms() {
    suffer(Trouble::Slower(Duration::from_millis(500))).await;
}

#[actix_web::test]
async fn away() {
    suffer(Trouble::Away).await;
}

#[actix_web::test]
async fn reset_again_and_again() {
    suffer(Trouble::Resets).await;
}

#[actix_web::test]
async fn answers_lost() {
    suffer(Trouble::AnswersLost).await;
}

/// Nobody mends anything: whoever waits gives up, and asks over new connections.
#[actix_web::test]
async fn connections_that_are_dead_without_a_word_are_replaced() {
    let (shop, matrix) = (Shop::open().await, Matrix::read());
    let visits = [Visit::prepare(&shop, "meanwhile").await];
    let listener = shop.listen_throughout().await;
    shop.warm().await;
    shop.show_pages().await;
    shop.proxy.sever();
    shop.let_pages_age();
    let at_first = ask_everything(&shop, &visits[0]).await;
    let mut broken = matrix.broken_at_first(Trouble::Silent, &at_first);
    shop.until_ready_is(200).await;
    shop.let_pages_age();
    // One is found dead by whoever first uses it.
    let afterwards = ask_until(&shop, &visits[0], |said| !said.is_under_way() && !said.is_for_later()).await;
    broken.extend(matrix.broken(Trouble::None, &afterwards));
    broken.extend(lies(&at_first, &afterwards));
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    shop.everything_was_done_once(&visits).await;
    shop.hears_again(listener).await;
    shop.nobody_is_left_inside().await;
    shop.app.books_are_clean();
}

#[actix_web::test]
async fn silent() {
    suffer(Trouble::Silent).await;
}
