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
use listener::{Door, Told};
use stream::Address;

/// Ends every connection through it when it is dropped.
pub struct Proxy {
    door: Door,
    link: watch::Sender<Link>,
    /// How often [`Proxy::cut`] was called.
    cuts: watch::Sender<u64>,
    /// How often [`Proxy::sever`] was called.
    severed: watch::Sender<u64>,
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
        let (link, cuts, severed) = (watch::Sender::new(Link::Pass), watch::Sender::new(0), watch::Sender::new(0));
        let (counters, io) = (Arc::<Counters>::default(), Io::start());
        let told = Told { link: link.clone(), cuts: cuts.clone(), severed: severed.clone() };
        io.handle().spawn(listener::serve(door.clone(), to, told, Arc::clone(&counters)));
        let proxy = Self { door, link, cuts, severed, counters, _io: io };
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

    /// Ends the connections that there are on the server's side alone: it believes that the client is gone, while the client
    /// waits for answers that never come, until it gives up by itself or is cut.
    pub fn sever(&self) {
        self.severed.send_modify(|severed| *severed += 1);
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
