//! What is to be done to the shop: from flags, from a TOML file, flags first.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::{Args, ValueEnum};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use serde::{Deserialize, Serialize};

use crate::arrival::{self, Spacing};
use crate::command::Kind;
use crate::rush::Pace;
use crate::span;

/// A workload file: a table for what is sold, one for what else shoppers do, one for when they come.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) sale: SaleFlags,
    pub(crate) crowd: CrowdFlags,
    pub(crate) habits: HabitFlags,
}

impl File {
    pub(crate) fn read(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is not a workload", path.display()))
    }
}

#[derive(Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SaleFlags {
    /// Units of each SKU [default: 100; plenty with --duration or --rate]
    #[arg(long)]
    pub(crate) units: Option<i64>,
    /// Hot SKUs on sale [default: 1]
    #[arg(long)]
    pub(crate) skus: Option<u32>,
    /// Lines of each order [default: 1]
    #[arg(long)]
    pub(crate) lines: Option<u32>,
    /// All lines of an order are the same SKU
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    pub(crate) same_sku: Option<bool>,
    /// Units in each line [default: 1]
    #[arg(long)]
    pub(crate) quantity: Option<i64>,
    /// Put into the cart, then check out, instead of buying now
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    pub(crate) cart: Option<bool>,
    /// The buyers have an account and show access tokens, instead of being guests
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    pub(crate) customers: Option<bool>,
    /// How it is paid [default: manual]
    #[arg(long)]
    pub(crate) payment: Option<Payment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Payment {
    /// The order waits for the admin to confirm it, and expires otherwise.
    Manual,
    /// Confirmed at once.
    CashOnDelivery,
}

#[derive(Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CrowdFlags {
    /// Shoppers who come once each [default: 10000]
    #[arg(long)]
    pub(crate) shoppers: Option<u64>,
    /// Connections, and so requests in flight at most [default: 512]
    #[arg(long)]
    pub(crate) in_flight: Option<usize>,
    /// Come again and again for this long, instead of once each
    #[arg(long, value_parser = span::parse)]
    #[serde(deserialize_with = "span::optional")]
    pub(crate) duration: Option<Duration>,
    /// Not measured at the beginning [default: 0s]
    #[arg(long, value_parser = span::parse)]
    #[serde(deserialize_with = "span::optional")]
    pub(crate) warm_up: Option<Duration>,
    /// Open arrivals: so many shoppers a second for --duration, however the shop is doing
    #[arg(long)]
    pub(crate) rate: Option<u64>,
    /// Open arrivals in steps: 500@10s,1000@10s
    #[arg(long)]
    pub(crate) steps: Option<String>,
    /// How open arrivals are spaced [default: poisson]
    #[arg(long)]
    pub(crate) spacing: Option<Spacing>,
    /// Threads of shoppers [default: half of the cores]
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// A request is given up and repeated after this time [default: 10s]
    #[arg(long, value_parser = span::parse)]
    #[serde(deserialize_with = "span::optional")]
    pub(crate) timeout: Option<Duration>,
    /// A shopper gives up after this time, repeats included [default: 60s]
    #[arg(long, value_parser = span::parse)]
    #[serde(deserialize_with = "span::optional")]
    pub(crate) patience: Option<Duration>,
    /// The same seed, the same arrivals and baskets
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Write down what is asked and told, call by call, and check it at the end
    #[arg(long)]
    pub(crate) history: Option<PathBuf>,
}

#[derive(Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HabitFlags {
    /// Of 100 visits, how many end in a purchase [default: 10]
    #[arg(long)]
    pub(crate) buyers_percent: Option<u32>,
    /// Of 100 purchases, how many are cancelled by the shopper afterwards [default: 0; soak 20]
    #[arg(long)]
    pub(crate) cancel_percent: Option<u32>,
    /// Pages looked at in a visit [default: 4]
    #[arg(long)]
    pub(crate) pages: Option<u32>,
}

/// What is sold, and how it is bought.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sale {
    pub(crate) units: i64,
    pub(crate) skus: u32,
    pub(crate) lines: u32,
    pub(crate) same_sku: bool,
    pub(crate) quantity: i64,
    pub(crate) cart: bool,
    pub(crate) customers: bool,
    pub(crate) payment: Payment,
}

/// Who comes, and when.
#[derive(Clone, Serialize)]
pub(crate) struct Crowd {
    pub(crate) in_flight: usize,
    pub(crate) threads: usize,
    #[serde(skip)]
    pub(crate) pace: Pace,
    /// The pace in words.
    pub(crate) arrivals: String,
    #[serde(skip)]
    pub(crate) warm_up: Duration,
    #[serde(skip)]
    pub(crate) timeout: Duration,
    #[serde(skip)]
    pub(crate) patience: Duration,
    pub(crate) seed: u64,
    #[serde(skip)]
    pub(crate) history: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Habits {
    pub(crate) buyers_percent: u32,
    pub(crate) cancel_percent: u32,
    pub(crate) pages: u32,
}

/// More than any run on one machine sells, and what a shop accepts in one delivery.
pub(crate) const PLENTY: i64 = 1_000_000;

macro_rules! first_of {
    ($flags:ident, $file:ident: $($field:ident),*) => {
        Self { $($field: $flags.$field.or($file.$field)),* }
    };
}

impl SaleFlags {
    pub(crate) fn or(self, file: Self) -> Self {
        let flags = self;
        first_of!(flags, file: units, skus, lines, same_sku, quantity, cart, customers, payment)
    }

    pub(crate) fn sale(&self, crowd: &Crowd, kind: Kind) -> anyhow::Result<Sale> {
        let same_sku = self.same_sku.unwrap_or(false);
        let sells_out = kind == Kind::FlashSale && matches!(crowd.pace, Pace::Visits(_));
        let sale = Sale {
            units: self.units.unwrap_or(if sells_out { 100 } else { PLENTY }),
            skus: self.skus.unwrap_or(1),
            lines: self.lines.unwrap_or(if same_sku { 2 } else { 1 }),
            same_sku,
            quantity: self.quantity.unwrap_or(1),
            cart: self.cart.unwrap_or(false),
            customers: self.customers.unwrap_or(false),
            payment: self.payment.unwrap_or(Payment::Manual),
        };
        ensure!(
            sale.skus > 0 && sale.lines > 0 && sale.quantity > 0 && sale.units >= 0,
            "a sale has SKUs, lines and units"
        );
        if !sale.same_sku && sale.lines > sale.skus {
            bail!("{} lines of different SKUs need as many SKUs; --same-sku puts one SKU into all lines", sale.lines);
        }
        Ok(sale)
    }
}

impl CrowdFlags {
    pub(crate) fn or(self, file: Self) -> Self {
        let flags = self;
        first_of!(flags, file: shoppers, in_flight, duration, warm_up, rate, steps, spacing, threads, timeout, patience, seed, history)
    }

    /// `fresh_seed` is used when none is asked for.
    pub(crate) fn crowd(&self, kind: Kind, fresh_seed: u64) -> anyhow::Result<Crowd> {
        let seed = self.seed.unwrap_or(fresh_seed);
        let (pace, arrivals) = self.pace(kind, seed)?;
        Ok(Crowd {
            in_flight: self.in_flight.unwrap_or(512).max(1),
            threads: self.threads.unwrap_or_else(half_of_the_cores),
            pace,
            arrivals,
            warm_up: self.warm_up.unwrap_or_default(),
            timeout: self.timeout.unwrap_or(Duration::from_secs(10)),
            patience: self.patience.unwrap_or(Duration::from_secs(60)),
            seed,
            history: self.history.clone(),
        })
    }

    fn pace(&self, kind: Kind, seed: u64) -> anyhow::Result<(Pace, String)> {
        let spacing = self.spacing.unwrap_or(Spacing::Poisson);
        // A sale is a crowd that comes once; everything else goes on for a time.
        let duration = self.duration.or(match kind {
            Kind::FlashSale => None,
            Kind::Mixed => self.shoppers.is_none().then_some(Duration::from_secs(60)),
            Kind::Soak => Some(Duration::from_secs(3600)),
        });
        let steps = match (&self.steps, self.rate, duration) {
            (Some(_), Some(_), _) => bail!("--steps and --rate exclude each other"),
            (Some(steps), None, _) => arrival::parse_steps(steps)?,
            (None, Some(per_second), Some(lasting)) => {
                let lasting = lasting + self.warm_up.unwrap_or_default();
                vec![arrival::Step { per_second, lasting }]
            }
            (None, Some(_), None) => bail!("--rate needs a --duration"),
            (None, None, Some(lasting)) => {
                let lasting = lasting + self.warm_up.unwrap_or_default();
                return Ok((Pace::Lasting(lasting), format!("again and again for {} s", lasting.as_secs())));
            }
            (None, None, None) => {
                let shoppers = self.shoppers.unwrap_or(10_000);
                return Ok((Pace::Visits(shoppers), format!("{shoppers} shoppers once each")));
            }
        };
        let moments = arrival::departures(&steps, spacing, &mut SmallRng::seed_from_u64(seed));
        let words: Vec<_> =
            steps.iter().map(|step| format!("{}/s for {} s", step.per_second, step.lasting.as_secs())).collect();
        Ok((Pace::Planned(moments.into()), format!("open, {spacing:?}: {}", words.join(", "))))
    }
}

impl HabitFlags {
    pub(crate) fn or(self, file: Self) -> Self {
        let flags = self;
        first_of!(flags, file: buyers_percent, cancel_percent, pages)
    }

    pub(crate) fn habits(&self, cancel_percent: u32) -> Habits {
        Habits {
            buyers_percent: self.buyers_percent.unwrap_or(10).min(100),
            cancel_percent: self.cancel_percent.unwrap_or(cancel_percent).min(100),
            pages: self.pages.unwrap_or(4).max(1),
        }
    }
}

/// The shop runs on the same machine as often as not.
fn half_of_the_cores() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_come_before_the_file_and_the_file_before_the_defaults() {
        let file: File =
            toml::from_str("[sale]\nskus = 64\nlines = 3\n[crowd]\nshoppers = 500\npatience = \"5s\"").unwrap();
        let flags = SaleFlags { lines: Some(2), ..SaleFlags::default() };
        let crowd = CrowdFlags::default().or(file.crowd).crowd(Kind::FlashSale, 7).unwrap();
        let sale = flags.or(file.sale).sale(&crowd, Kind::FlashSale).unwrap();
        assert_eq!((sale.skus, sale.lines, sale.units), (64, 2, 100));
        assert_eq!((crowd.patience, crowd.in_flight, crowd.seed), (Duration::from_secs(5), 512, 7));
        assert!(matches!(crowd.pace, Pace::Visits(500)));
    }

    #[test]
    fn a_mistyped_key_is_named() {
        let error = toml::from_str::<File>("[sale]\nunit = 3").err().unwrap().to_string();
        assert!(error.contains("unit"), "{error}");
    }

    #[test]
    fn what_lasts_has_plenty() {
        let flags = CrowdFlags { duration: Some(Duration::from_secs(3)), ..CrowdFlags::default() };
        let crowd = flags.crowd(Kind::FlashSale, 1).unwrap();
        assert_eq!(SaleFlags::default().sale(&crowd, Kind::FlashSale).unwrap().units, PLENTY);
        let open = CrowdFlags { rate: Some(100), ..flags.clone() }.crowd(Kind::FlashSale, 1).unwrap();
        assert!(matches!(open.pace, Pace::Planned(moments) if (200..400).contains(&moments.len())));
        let spacing = Some(Spacing::Constant);
        let warmed = CrowdFlags { rate: Some(100), warm_up: Some(Duration::from_secs(1)), spacing, ..flags };
        let pace = warmed.crowd(Kind::FlashSale, 1).unwrap().pace;
        assert!(matches!(pace, Pace::Planned(moments) if moments.len() == 400), "warming up comes before");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let crowd = CrowdFlags::default().crowd(Kind::FlashSale, 1).unwrap();
        assert!(SaleFlags { lines: Some(3), ..SaleFlags::default() }.sale(&crowd, Kind::FlashSale).is_err());
        assert!(CrowdFlags { rate: Some(3), ..CrowdFlags::default() }.crowd(Kind::FlashSale, 1).is_err());
    }

    #[test]
    fn the_workloads_that_come_with_it_can_be_used() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads");
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(files.len() >= 5);
        for path in files {
            let file = File::read(Some(&path)).unwrap();
            let crowd = file.crowd.crowd(Kind::FlashSale, 1).unwrap();
            file.sale.sale(&crowd, Kind::FlashSale).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
}
