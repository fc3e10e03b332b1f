//! People who look around: a listing, a search, a few products, and gone.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

use anyhow::ensure;
use rand::RngExt;
use rand::rngs::SmallRng;

use crate::agent::{Agent, Answer};
use crate::http::{Client, Request, Target};
use crate::measure::{Operation, Outcome};
use crate::rush::{Scenario, Visit};
use crate::shop::{listed_categories, listed_products};

/// What there is to look at, learned from the shop itself.
pub(crate) struct Shelf {
    pub(crate) slugs: Vec<String>,
    categories: Vec<String>,
    /// Words of titles: what people search for.
    words: Vec<String>,
}

pub(crate) struct Browse {
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) target: Arc<Target>,
    pub(crate) pages: u32,
}

const PRODUCTS_MAX: usize = 2_000;

impl Shelf {
    pub(crate) async fn look(client: &Client) -> anyhow::Result<Self> {
        let products = listed_products(client, PRODUCTS_MAX).await?;
        ensure!(!products.is_empty(), "the shop shows no products");
        let letters = |word: &&str| word.len() > 3 && word.chars().all(|letter| letter.is_ascii_alphabetic());
        let mut words: Vec<String> = products
            .iter()
            .flat_map(|product| product.title.split_whitespace())
            .filter(letters)
            .map(str::to_lowercase)
            .collect();
        words.sort_unstable();
        words.dedup();
        let slugs = products.into_iter().map(|product| product.slug).collect();
        Ok(Self { slugs, categories: listed_categories(client).await?, words })
    }

    fn any<'a>(list: &'a [String], dice: &mut SmallRng) -> Option<&'a str> {
        (!list.is_empty()).then(|| &*list[dice.random_range(0..list.len())])
    }
}

impl Browse {
    /// Looks around; the answer is the worst of the pages.
    pub(crate) async fn look_around(&self, visit: Visit, agent: &mut Agent) -> Outcome {
        let mut from = visit.planned;
        let mut worst = Outcome::Accepted;
        for page in 0..self.pages {
            let (operation, path) = if page == 0 { self.list(&mut agent.dice) } else { self.product(&mut agent.dice) };
            let request = Request::get(&self.target, &path).empty();
            if !matches!(agent.ask(operation, &request, from).await, Answer::Accepted(_)) {
                worst = Outcome::Failed;
            }
            from = Instant::now();
        }
        agent.note(Operation::Visit, worst, visit.planned);
        worst
    }

    /// Half of the people search, the others walk through a category or the whole shop.
    fn list(&self, dice: &mut SmallRng) -> (Operation, String) {
        let dice_roll = dice.random_range(0..100);
        match (dice_roll, Shelf::any(&self.shelf.words, dice), Shelf::any(&self.shelf.categories, dice)) {
            (0..50, Some(word), _) => (Operation::Search, format!("/api/v1/products?q={word}")),
            (50..80, _, Some(category)) => (Operation::Listing, format!("/api/v1/products?category={category}")),
            (80..90, _, Some(category)) => (Operation::Category, format!("/api/v1/categories/{category}")),
            _ => (Operation::Listing, "/api/v1/products?limit=25".to_owned()),
        }
    }

    fn product(&self, dice: &mut SmallRng) -> (Operation, String) {
        let slug = Shelf::any(&self.shelf.slugs, dice).unwrap_or_default();
        (Operation::Product, format!("/api/v1/products/{slug}"))
    }
}

impl Scenario for Browse {
    type Notes = ();

    async fn visit(&self, visit: Visit, agent: &mut Agent, _: &RefCell<()>) {
        self.look_around(visit, agent).await;
    }
}
