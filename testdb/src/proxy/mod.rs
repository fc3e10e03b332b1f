//! A proxy between a server and its PostgreSQL, that does to the connections what a network does on a bad day.
//!
//! It is told at run time what the link is to do ([`Link`]), and counts what it did. It runs on threads of its own: the
//! link is as bad as it was told to be, however busy the test is.

mod connection;
mod counts;
mod link;
mod listener;
mod stream;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

pub use counts::Counts;
pub use link::Link;

use crate::runtime::{Io, wait};
use counts::Counters;
use listener::Door;
use stream::Address;

/// Ends every connection through it when it is dropped.
pub struct Proxy {
    door: Door,
    link: watch::Sender<Link>,
    /// How often [`Proxy::cut`] was called.
    cuts: watch::Sender<u64>,
    counters: Arc<Counters>,
    _io: Io,
}

impl Proxy {
    /// Listens on a port of 127.0.0.1 and leads to the server that `url` names (TCP or Unix socket).
    pub fn before(url: &str) -> Self {
        Self::start(Address::of_url(url), Door::on_any_port())
    }

    /// Listens on the Unix socket that drivers look for in `folder`, with port 5432.
    pub fn on_socket(folder: &Path, url: &str) -> Self {
        Self::start(Address::of_url(url), Door::on_socket(folder))
    }

    fn start(to: Address, door: Door) -> Self {
        let (link, cuts, counters, io) =
            (watch::Sender::new(Link::Pass), watch::Sender::new(0), Arc::<Counters>::default(), Io::start());
        let serving = listener::serve(door.clone(), to, link.clone(), cuts.clone(), Arc::clone(&counters));
        io.handle().spawn(serving);
        let proxy = Self { door, link, cuts, counters, _io: io };
        proxy.wait_for_door();
        proxy
    }

    /// The same user, database and options as in `url`, through this proxy.
    pub fn url(&self, url: &str) -> String {
        let (before, options) = url.split_once('?').map_or((url, None), |(before, options)| (before, Some(options)));
        let start = before.find("://").map_or(0, |at| at + 3);
        let end = before[start..].find('/').map_or(before.len(), |at| start + at);
        let user = before[start..end].rsplit_once('@').map_or(String::new(), |(user, _)| format!("{user}@"));
        let options = options.map_or(String::new(), |options| format!("?{options}"));
        format!("{}{user}{}{}{options}", &before[..start], self.door.host_and_port(), &before[end..])
    }

    /// From now on. When this returns, a link that refuses does so, and one that does not takes connections.
    pub fn set(&self, link: Link) {
        self.link.send_replace(link);
        self.wait_for_door();
    }

    pub fn link(&self) -> Link {
        *self.link.borrow()
    }

    /// `link` for as long as what is returned lives, then what was before.
    #[must_use = "it lasts as long as this lives"]
    pub fn for_now(&self, link: Link) -> Spell<'_> {
        let before = self.link();
        self.set(link);
        Spell { proxy: self, before }
    }

    /// Resets the connections that there are. New ones find the link as it is.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    pub fn counts(&self) -> Counts {
        self.counters.read()
    }

    fn wait_for_door(&self) {
        let (mut open, wanted) = (self.door.is_open(), self.link() != Link::Refuse);
        wait(async move {
            let settled = tokio::time::timeout(Duration::from_secs(60), open.wait_for(|open| *open == wanted)).await;
            settled.expect("opening or closing a port takes no minute").expect("the proxy lives");
        });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
        self.door.remove();
    }
}

/// A link that is bad for a while.
pub struct Spell<'proxy> {
    proxy: &'proxy Proxy,
    before: Link,
}

impl Drop for Spell<'_> {
    fn drop(&mut self) {
        self.proxy.set(self.before);
    }
}
