//! Two machines that run the shop. One of them owns the cell; the other waits for it. Each dies, pauses and comes back as
//! it is told to.

use std::cell::{Cell as Flag, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use engine::Settings;
use engine::catalog::Offers;
use engine::clock::{CountedIds, IdSource};
use engine::id::OwnerId;
use engine::sale::{Cell, Goods, Ground, Sale};
use futures_util::future::{Either, LocalBoxFuture, select};
use tokio::sync::oneshot;

use crate::goods;
use crate::postgres::{FromNode, Postgres};
use crate::world::{self, Node};

#[derive(Clone)]
pub(crate) struct Cluster(Rc<Shared>);

struct Shared {
    postgres: Postgres,
    settings: Settings,
    places: RefCell<Vec<Place>>,
    last_node: Flag<u32>,
    network: RefCell<Network>,
}

/// Where a server runs, or will again.
#[derive(Default)]
struct Place {
    node: Option<Node>,
    /// None while it starts, or waits for the cell.
    sale: Option<Sale>,
    paused: Option<Paused>,
}

/// Since when, and the epoch in which it owned the cell, if it did.
struct Paused {
    since: Duration,
    owned: Option<i64>,
}

/// Between the buyers and the servers; each once in so many times, 0: never.
#[derive(Debug, Clone, Default)]
pub(crate) struct Network {
    pub(crate) slowest: Duration,
    pub(crate) request_lost: u64,
    pub(crate) answer_lost: u64,
    /// The request goes to a server that stands by, though another sells.
    pub(crate) astray: u64,
    /// The request arrives once more, up to a minute later.
    pub(crate) repeated: u64,
    pub(crate) patience: Duration,
    /// Whoever loses patience hangs up.
    pub(crate) hangs_up: u64,
}

const AGAIN: Duration = Duration::from_millis(200);
const TICK: Duration = Duration::from_secs(2);

impl Cluster {
    pub(crate) fn start(postgres: Postgres, settings: Settings, servers: usize) -> Self {
        let cluster = Self(Rc::new(Shared {
            postgres,
            settings,
            places: RefCell::new((0..servers).map(|_| Place::default()).collect()),
            last_node: Flag::new(9),
            network: RefCell::default(),
        }));
        for place in 0..servers {
            cluster.start_server(place);
        }
        cluster
    }

    pub(crate) fn set_network(&self, network: Network) {
        *self.0.network.borrow_mut() = network;
    }

    pub(crate) fn servers(&self) -> usize {
        self.0.places.borrow().len()
    }

    pub(crate) fn node(&self, place: usize) -> Option<Node> {
        self.0.places.borrow()[place].node
    }

    pub(crate) fn is_open(&self) -> bool {
        self.owner().is_some()
    }

    /// Where whoever thinks to own the cell runs.
    pub(crate) fn owner(&self) -> Option<usize> {
        let owns = |place: &Place| place.sale.as_ref().is_some_and(|sale| sale.journal.proof().is_fresh());
        self.0.places.borrow().iter().position(owns)
    }

    /// Unless one runs there.
    pub(crate) fn start_server(&self, place: usize) {
        if self.node(place).is_some() {
            return;
        }
        self.0.last_node.set(self.0.last_node.get() + 1);
        let node = Node(self.0.last_node.get());
        self.0.places.borrow_mut()[place] = Place { node: Some(node), ..Place::default() };
        let cluster = self.clone();
        world::note(|| format!("server {} starts", node.0));
        world::spawn(node, async move { cluster.serve(place, node).await });
    }

    /// `kill -9`.
    pub(crate) fn kill_server(&self, place: usize) {
        let Some(node) = self.node(place) else { return };
        let killed = std::mem::take(&mut self.0.places.borrow_mut()[place]);
        world::note(|| format!("server {} is killed", node.0));
        world::kill(node);
        drop(killed);
        self.0.postgres.server().killed.insert(node);
        self.0.postgres.orphan(node);
    }

    /// In order, though its buyers are not waited for.
    pub(crate) fn end_server(&self, place: usize) {
        if let Place { node: Some(node), sale: Some(sale), .. } = &self.0.places.borrow()[place] {
            world::note(|| format!("server {} is ended", node.0));
            sale.journal.close();
        }
    }

    pub(crate) fn pause_server(&self, place: usize) {
        if let Some(node) = self.node(place) {
            let owns = |sale: &Sale| sale.journal.proof().is_owner().then(|| sale.journal.status().epoch);
            let place = &mut self.0.places.borrow_mut()[place];
            let paused = Paused { since: world::now(), owned: place.sale.as_ref().and_then(owns) };
            place.paused.get_or_insert(paused);
            world::note(|| format!("server {} is paused", node.0));
            world::pause(node);
        }
    }

    pub(crate) fn resume_all(&self) {
        for place in self.0.places.borrow_mut().iter_mut() {
            if let (Some(node), Some(paused)) = (place.node, place.paused.take()) {
                self.0.postgres.was_left_alone(paused.since, paused.owned);
                world::note(|| format!("server {} goes on", node.0));
                world::resume(node);
            }
        }
    }

    /// Until it is killed: stands by for the cell or takes it, sells, and begins anew when it was ended.
    async fn serve(self, place: usize, node: Node) {
        let from = Arc::new(FromNode { postgres: self.0.postgres.clone(), node });
        let runtime = world::runtime(node);
        let ids: Arc<dyn IdSource> = Arc::new(CountedIds::lane(u16::try_from(node.0).expect("few servers")));
        loop {
            let ground = Ground {
                runtime: runtime.clone(),
                stage: world::stage(node),
                primary: from.clone(),
                stock: from.clone(),
                orders: from.clone(),
                answers: from.clone(),
                carts: from.clone(),
            };
            let owner = OwnerId::from_uuid(ids.next(self.0.postgres.clock()));
            let Ok(cell) = Cell::take_or_stand_by(&ground, owner).await else {
                world::sleep(AGAIN).await;
                continue;
            };
            let clock = cell.clock();
            let offers = Offers::new(from.clone(), runtime.clone(), 100);
            let goods = Goods { offers, shops: goods::shops() };
            let opening = Sale::open(cell, ground, &self.0.settings, goods, clock, Arc::clone(&ids));
            let Ok((sale, writer)) = opening.await else {
                world::sleep(AGAIN).await;
                continue;
            };
            if sale.journal.stands_by() {
                self.0.postgres.saw("stood by");
            }
            let expiry = world::spawn(node, sale.expiry().run());
            let sleeper = world::spawn(node, {
                let sale = sale.clone();
                async move {
                    loop {
                        world::sleep(TICK).await;
                        sale.retire_idle(2).await;
                    }
                }
            });
            self.0.places.borrow_mut()[place].sale = Some(sale);
            // It goes on until it is killed or ended, or stops for good.
            let _ = writer.await;
            self.0.places.borrow_mut()[place].sale = None;
            world::end(expiry);
            world::end(sleeper);
        }
    }

    /// A request over the network to any server that is there. None: no answer came, and nobody knows.
    pub(crate) async fn ask<T: 'static>(
        &self,
        request: impl Fn(Sale) -> LocalBoxFuture<'static, T> + 'static,
    ) -> Option<T> {
        let network = self.0.network.borrow().clone();
        world::pause_up_to(network.slowest).await;
        if world::one_in(network.request_lost) {
            world::pause_up_to(network.patience).await;
            return None;
        }
        let request = Rc::new(request);
        if world::one_in(network.repeated) {
            let (cluster, request) = (self.clone(), Rc::clone(&request));
            world::spawn(world::OUTSIDE, async move {
                world::pause_up_to(Duration::from_secs(60)).await;
                if let Some((node, sale)) = cluster.any_server() {
                    cluster.0.postgres.saw("delayed duplicate");
                    world::spawn(node, async move { drop(request(sale).await) });
                }
            });
        }
        let Some((node, sale)) = self.any_server() else {
            world::pause_up_to(Duration::from_millis(50)).await;
            return None;
        };
        let (sender, answer) = oneshot::channel();
        let handler = world::spawn(node, async move {
            // Whoever asked may have hung up.
            let _ = sender.send(request(sale).await);
        });
        let patience = std::pin::pin!(world::sleep(network.patience));
        let answer = match select(answer, patience).await {
            Either::Left((answer, _)) => answer.ok(),
            Either::Right(_) => {
                self.0.postgres.saw("impatience");
                if world::one_in(network.hangs_up) {
                    world::end(handler);
                }
                None
            }
        };
        world::pause_up_to(network.slowest).await;
        if world::one_in(network.answer_lost) {
            self.0.postgres.saw("answer lost");
            return None;
        }
        answer
    }

    /// Rather one that says it sells than one that says it stands by.
    fn any_server(&self) -> Option<(Node, Sale)> {
        let places = self.0.places.borrow();
        let mut there: Vec<(Node, Sale)> =
            places.iter().filter_map(|place| Some((place.node?, place.sale.clone()?))).collect();
        if !world::one_in(self.0.network.borrow().astray) && there.iter().any(|(_, sale)| !sale.journal.stands_by()) {
            there.retain(|(_, sale)| !sale.journal.stands_by());
        }
        if there.is_empty() {
            return None;
        }
        Some(world::random(|random| random.one_of(&there).clone()))
    }
}
