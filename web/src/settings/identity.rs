//! What `identity` is opened with.

use chrono::TimeDelta;
use identity::account::Validity;
use identity::customer::Keep;
use identity::password::Hashing;
use identity::session::Lifetimes;

use super::{Identity, Security, Settings};

impl Settings {
    pub fn for_identity(&self) -> identity::Settings {
        let Identity { access_ttl_s, refresh_ttl_s, session_max_s, .. } = self.identity;
        identity::Settings {
            secret: self.security.token_secret.clone(),
            secrets_previous: self
                .security
                .token_secrets_previous
                .iter()
                .map(|secret| secret.expose().into())
                .collect(),
            issuer: self.identity.issuer.clone(),
            access_lifetime: TimeDelta::seconds(access_ttl_s.into()),
            lifetimes: Lifetimes {
                refresh: TimeDelta::seconds(refresh_ttl_s.into()),
                session: TimeDelta::seconds(session_max_s.into()),
            },
            hashing: self.security.hashing(),
            letters: Validity {
                confirmation: TimeDelta::seconds(self.identity.confirmation_ttl_s.into()),
                reset: TimeDelta::seconds(self.identity.reset_ttl_s.into()),
            },
            notifications: self.for_notifications(),
            providers: self.identity.providers.clone(),
            confirmed_only: self.identity.verified_email_to_log_in,
            keep: Keep { order_addresses: TimeDelta::days(self.identity.order_addresses_keep_days.into()) },
        }
    }
}

impl Security {
    fn hashing(&self) -> Hashing {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let at_once = match self.password_hashes_at_once {
            0 => (cores / 2).max(1),
            chosen => chosen,
        };
        Hashing {
            memory_kib: self.password_memory_kib,
            passes: self.password_passes,
            lanes: self.password_lanes,
            at_once,
            waiting: self.password_hashes_waiting,
            rest: self.password_rest,
        }
    }
}
