//! What a name means, if all that it means is public.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use engine::internet::is_public;
use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Asks for the addresses of a name.
pub trait Lookup: Send + Sync + 'static {
    fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// As this machine is set up.
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// The name leads, at least in part, to where nobody may send us.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not of the public internet")]
pub(super) struct LeadsInside;

/// The connection is made to what was checked here and to nothing else: there is no second lookup.
pub(super) struct PublicOnly {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) inside_too: bool,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, inside_too) = (self.lookup.addresses(name.as_str().to_owned()), self.inside_too);
        Box::pin(async move {
            let found = found.await?;
            // One of them would be enough for whoever owns the name: they would have it chosen.
            if !inside_too && !found.iter().copied().all(is_public) {
                return Err(LeadsInside.into());
            }
            // The URL's port is filled in behind this.
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
