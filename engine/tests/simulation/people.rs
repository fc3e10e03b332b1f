//! Buyers and an admin: what they want, how often they ask again, and what they make of the answers.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use engine::audit::Actor;
use engine::cart::{Contents, Error as CartError, Owner};
use engine::checkout::{Answer, Basket, Error, PlaceOrder, Want};
use engine::clock::{CountedIds, IdSource};
use engine::desk::{self, Asked, By, Order};
use engine::id::{OrderId, PrincipalId, StoreId};
use engine::order::{Address, Command as Move, Contact, PaymentMethod};
use engine::quantity::Quantity;
use sha2::{Digest, Sha256};

use crate::cluster::Cluster;
use crate::goods;
use crate::history::{History, What};
use crate::postgres::{POISON, Postgres};
use crate::world;

/// What a run is about.
#[derive(Debug, Clone)]
pub(crate) struct Habits {
    pub(crate) orders: u64,
    pub(crate) tries: u32,
    pub(crate) rest: Duration,
    pub(crate) biggest: i64,
    /// Nothing fails in this run: whoever is told "later" has found something.
    pub(crate) calm: bool,
    /// All want the same, and the shelf is counted meanwhile.
    pub(crate) rushed: bool,
    pub(crate) carts: bool,
    /// Two servers may write at once, and stop what they find changed behind their backs.
    pub(crate) doubts: bool,
    /// Actors die, which is nobody's fault here.
    pub(crate) panics: bool,
    pub(crate) poison: u64,
}

pub(crate) struct Buyer {
    pub(crate) cluster: Cluster,
    pub(crate) postgres: Postgres,
    pub(crate) history: History,
    pub(crate) habits: Habits,
    pub(crate) principal: PrincipalId,
    pub(crate) number: u64,
}

pub(crate) fn principal(number: u64) -> PrincipalId {
    let lane = u16::try_from(40_000 + number).expect("few people");
    PrincipalId::from_uuid(CountedIds::lane(lane).next(crate::postgres::at(Duration::ZERO)))
}

type Basketful = Vec<(usize, i64)>;

impl Buyer {
    pub(crate) async fn live(self: Rc<Self>) {
        let mut orders: Vec<OrderId> = Vec::new();
        for turn in 0..self.habits.orders {
            world::pause_up_to(self.habits.rest).await;
            let key = format!("b{}-{turn}", self.number);
            match world::random(|random| random.below(10)) {
                0 | 1 if self.habits.carts => orders.extend(self.buy_the_cart(&key).await),
                2 if !orders.is_empty() => self.mend(&orders).await,
                3 => orders.extend(self.in_two_tabs(&key).await),
                _ => {
                    let basket = self.basket();
                    orders.extend(self.buy(&key, Some(basket)).await);
                }
            }
            if !orders.is_empty() && world::one_in(3) {
                self.mend(&orders).await;
            }
        }
    }

    fn basket(&self) -> Basketful {
        world::random(|random| {
            if self.habits.rushed {
                return vec![(0, 1)];
            }
            let lines = 1 + random.below(3);
            (0..lines)
                .map(|_| (random.below(goods::KINDS as u64) as usize, random.within(1, self.habits.biggest)))
                .collect()
        })
    }

    /// From two tabs at once: the same request, or two that want the same thing, or the same cart.
    async fn in_two_tabs(self: &Rc<Self>, key: &str) -> Option<OrderId> {
        let (other, second) = (Rc::clone(self), format!("{key}-tab"));
        if self.habits.carts && world::one_in(2) {
            world::spawn(world::OUTSIDE, async move {
                world::pause_up_to(Duration::from_millis(60)).await;
                let _ = match world::one_in(2) {
                    true => other.buy_the_cart(&second).await,
                    false => other.buy_what_is_in_the_cart(&second).await,
                };
            });
            return self.buy_the_cart(key).await;
        }
        let (again, basket) =
            if world::one_in(2) { (key.to_owned(), self.basket()) } else { (second, vec![(goods::LIMITED, 1)]) };
        let basket = if again == key { basket } else { vec![(goods::LIMITED, goods::LIMIT)] };
        let twice = basket.clone();
        world::spawn(world::OUTSIDE, async move {
            let _ = other.buy(&again, Some(twice)).await;
        });
        self.buy(key, Some(basket)).await
    }

    async fn buy_the_cart(&self, key: &str) -> Option<OrderId> {
        let owner = Owner { store: StoreId::MAIN, principal: self.principal };
        let (kind, quantity) = self.basket()[0];
        let asking = self.cluster.ask(move |sale| {
            Box::pin(async move {
                let quantity = Quantity::wanted(quantity).expect("a few");
                sale.cart.add(owner, goods::sku(kind), quantity, None).await
            })
        });
        let contents = match asking.await {
            Some(Ok(contents)) => contents,
            Some(Err(CartError::Incident { incident })) if !self.habits.panics => {
                self.fault(format!("a cart died twice: {incident}"));
                return None;
            }
            Some(Err(_)) | None => return None,
        };
        if contents.lines.is_empty() {
            self.fault("something was put into a cart, and it is empty".to_owned());
        }
        let lines = lines_of(&contents);
        self.ask_until_told(key, None, &lines).await
    }

    /// Without putting anything in, as a second window does.
    async fn buy_what_is_in_the_cart(&self, key: &str) -> Option<OrderId> {
        let owner = Owner { store: StoreId::MAIN, principal: self.principal };
        let looking = self.cluster.ask(move |sale| Box::pin(async move { sale.cart.view(owner).await }));
        let contents = looking.await?.ok()?;
        let lines = lines_of(&contents);
        if lines.is_empty() {
            return None;
        }
        self.ask_until_told(key, None, &lines).await
    }

    pub(crate) async fn buy(&self, key: &str, basket: Option<Basketful>) -> Option<OrderId> {
        let lines = basket.clone().unwrap_or_default();
        self.ask_until_told(key, basket, &lines).await
    }

    async fn ask_until_told(&self, key: &str, items: Option<Basketful>, lines: &[(usize, i64)]) -> Option<OrderId> {
        // The same for every sending of the same request.
        let dice: u64 = key.bytes().fold(7, |sum, byte| sum * 31 % 1_000_003 + u64::from(byte));
        let is_poison = self.habits.poison > 0 && dice.is_multiple_of(self.habits.poison);
        let request = self.request(key, items, lines, is_poison);
        let asked = world::now();
        for _ in 0..self.habits.tries {
            let (request, tried) = (request.clone(), world::now());
            let answer = self
                .cluster
                .ask(move |sale| {
                    let request = request.clone();
                    Box::pin(async move {
                        let answer = sale.checkout.place(request).await;
                        (answer, sale.journal.status().epoch)
                    })
                })
                .await;
            if let Some(told) = answer.and_then(|(answer, epoch)| self.understood(key, answer, epoch, is_poison)) {
                let placed = if let What::Placed { placed, .. } = &told { Some(placed.order) } else { None };
                self.history.add_repeated(asked, tried, world::now(), told);
                return placed;
            }
            self.wait_a_little().await;
        }
        let what = What::Unknown { key: key.to_owned() };
        self.history.add(asked, world::now(), what);
        None
    }

    async fn wait_a_little(&self) {
        let longest = if world::one_in(2) { Duration::from_millis(20) } else { Duration::from_secs(1) };
        world::pause_up_to(longest).await;
    }

    /// None: "later". `epoch`: of whoever answered.
    fn understood(&self, key: &str, answer: Result<Answer, Error>, epoch: i64, is_poison: bool) -> Option<What> {
        let (principal, key) = (self.principal, key.to_owned());
        match answer {
            Ok(Answer { placed, replayed }) => {
                if replayed {
                    self.postgres.saw("told again");
                }
                Some(What::Placed { principal, key, placed: Rc::new((*placed).clone()), replayed })
            }
            Err(Error::OutOfStock { items }) => {
                let short =
                    items.iter().map(|short| (goods::kind_of(&short.sku), short.requested, short.available, short.seq));
                Some(What::OutOfStock { principal, key, epoch, short: short.collect() })
            }
            Err(Error::LimitReached { already, requested, .. }) => {
                Some(What::LimitReached { principal, key, epoch, already, requested })
            }
            // Of carts: another tab put something in, or was faster.
            Err(why @ (Error::Empty | Error::PriceChanged(_) | Error::CartConverted { .. })) => {
                Some(What::NotNow { principal, key, why: why.to_string() })
            }
            Err(why @ Error::QuoteExpired) => Some(What::NotPlaced { principal, key, why: why.to_string() }),
            Err(Error::Internal(_)) if is_poison => Some(What::NotPlaced { principal, key, why: "poison".to_owned() }),
            Err(Error::Stopped) if self.habits.doubts => None,
            // It asked two actors, and both died of other things.
            Err(Error::Internal(_)) if self.habits.panics => None,
            Err(Error::KeyInFlight | Error::CompletionInProgress) => {
                world::note(|| format!("{key} is under way"));
                None
            }
            Err(why @ (Error::Busy | Error::Unavailable(_) | Error::OutcomeUnknown)) => {
                world::note(|| format!("{key} is told \"{why}\""));
                if self.habits.calm {
                    self.fault(format!("{key} was told \"{why}\" on a calm day"));
                }
                None
            }
            Err(why) => {
                self.fault(format!("{key} was told \"{why}\""));
                None
            }
        }
    }

    fn fault(&self, why: String) {
        self.history.add(world::now(), world::now(), What::Fault { why });
    }

    fn request(&self, key: &str, items: Option<Basketful>, lines: &[(usize, i64)], is_poison: bool) -> PlaceOrder {
        let body = format!("{lines:?} {is_poison} {}", items.is_some());
        let basket = match items {
            None => Basket::Cart,
            Some(items) => Basket::Items(
                items
                    .iter()
                    .map(|(kind, quantity)| Want {
                        sku: goods::sku(*kind),
                        quantity: Quantity::new(*quantity).expect("a few"),
                    })
                    .collect(),
            ),
        };
        let name = if is_poison { POISON } else { "Asha" };
        let by_hand = world::one_in(4);
        PlaceOrder {
            store: StoreId::MAIN,
            principal: self.principal,
            idempotency_key: Arc::from(key),
            fingerprint: Sha256::digest(body.as_bytes()).into(),
            basket,
            contact: Contact { email: Some("asha@example.org".to_owned()), phone: None },
            address: Address { name: name.to_owned(), ..Address::default() },
            shipping_method: "standard".to_owned(),
            payment_method: if by_hand { PaymentMethod::CashOnDelivery } else { PaymentMethod::Manual },
            expected_total: goods::total(lines),
            quote_valid_until: Some(self.postgres.clock() + TimeDelta::seconds(20)),
            hold_ttl_s: Some(world::random(|random| random.within(3, 20))),
        }
    }

    /// Pays, cancels or asks for more time; sometimes two of these at once.
    async fn mend(&self, orders: &[OrderId]) {
        let order = world::random(|random| *random.one_of(orders));
        let (first, second) = world::random(|random| (random.below(4), random.below(12)));
        if second < 3 {
            let (cluster, history) = (self.cluster.clone(), self.history.clone());
            world::spawn(world::OUTSIDE, async move { carry(&cluster, &history, order, second).await });
        }
        carry(&self.cluster, &self.history, order, first).await;
    }
}

fn lines_of(cart: &Contents) -> Basketful {
    cart.lines.iter().map(|line| (goods::kind_of(line.sku.as_str()), line.quantity.get())).collect()
}

async fn carry(cluster: &Cluster, history: &History, order: OrderId, step: u64) {
    let asked = world::now();
    for _ in 0..4 {
        let answer = cluster
            .ask(move |sale| {
                // Who pays by hand pays at the counter.
                let by = if step < 2 { By::Staff(Actor::OPERATOR) } else { By::Buyer };
                let asked = Asked { order: Order::Id(order), principal: None, version: None, by, call: None };
                Box::pin(async move {
                    match step {
                        0 | 1 => sale.desk.move_order(asked, Move::Confirm).await,
                        2 => sale.desk.move_order(asked, Move::Cancel { reason: None }).await,
                        _ => sale.desk.extend(asked, 25).await,
                    }
                })
            })
            .await;
        match answer {
            Some(Ok(moved)) => return history.moved(asked, world::now(), &moved),
            Some(Err(why @ desk::Error::HoldUnknown { .. })) => {
                let why = What::Fault { why: why.to_string() };
                return history.add(asked, world::now(), why);
            }
            Some(Err(desk::Error::Order(_) | desk::Error::HoldExpired | desk::Error::HoldTooLong { .. })) => return,
            Some(Err(_)) | None => world::pause_up_to(Duration::from_secs(1)).await,
        }
    }
}
