//! A small shop whose results were judged by hand. The floor is below what is reached now, and above what is left when one
//! of the ideas in the ranking is taken away.
#![expect(clippy::float_arithmetic, reason = "statistics")]

use search_index::{Paging, ProductDocument, Query};

use crate::fixture::{Described, Fixture, asking, ids, product};

/// Id, title, brand, category, description.
const PRODUCTS: &[[&str; 5]] = &[
    [
        "kb1",
        "Typo K5 mechanical gaming keyboard",
        "Typo",
        "computers/keyboards",
        "Clicking switches and lit keys. Goes well with a gaming mouse.",
    ],
    ["kb2", "Typo K2 wireless keyboard", "Typo", "computers/keyboards", "Quiet, small, three weeks on a charge."],
    ["kb3", "Novo keyboard and mouse set", "Novo", "computers/keyboards", "Both without a cable, for the office."],
    ["ms1", "Novo Glide wireless gaming mouse", "Novo", "computers/mice", "Sixteen thousand dots per inch."],
    ["ms2", "Novo Basic mouse", "Novo", "computers/mice", "A mouse with a cable of 1.8 m."],
    ["ms3", "Typo trackball", "Typo", "computers/mice", "A mouse that stays where it is. Wireless."],
    ["mp1", "Mouse pad XL", "Glatt", "computers/accessories", "Large enough for keyboard and mouse."],
    [
        "lp1",
        "Zenit Air 14 laptop 512 GB",
        "Zenit",
        "computers/laptops",
        "14 inch screen, 16 GB of memory, backlit keyboard.",
    ],
    ["lp2", "Zenit Game 17 gaming laptop 1 TB", "Zenit", "computers/laptops", "17.3 inch screen, mechanical keyboard."],
    ["lp3", "Orbit Book 13-S ultrabook", "Orbit", "computers/laptops", "A light laptop with 256 GB."],
    ["lb1", "Laptop bag 15.6\"", "Packer", "bags", "For a laptop, its charger, a mouse and a phone."],
    ["lb2", "Laptop backpack", "Packer", "bags", "With a padded place for tablet and laptop."],
    ["ls1", "Laptop stand of aluminium", "Glatt", "computers/accessories", "Lifts the screen of your laptop."],
    ["ch1", "USB-C laptop charger 65 W", "Volta", "power/chargers", "For every laptop that is charged by USB-C."],
    ["ch2", "Wireless charger for phones", "Volta", "power/chargers", "15 W. Also charges the case of headphones."],
    ["ch3", "Car charger with two ports", "Volta", "power/chargers", "Charges phone and tablet on the way."],
    ["pb1", "Power bank 10,000 mAh", "Volta", "power/power-banks", "Charges a phone twice."],
    ["pb2", "Power bank 20000mAh with USB-C", "Volta", "power/power-banks", "Charges a laptop once."],
    ["cb1", "HDMI cable 2 m", "Leit", "cables", "4K at 60 Hz, for television and screen."],
    ["cb2", "USB-C cable 1 m", "Leit", "cables", "Charges phones and laptops up to 60 W."],
    ["cb3", "USB-C to HDMI adapter", "Leit", "cables", "Shows a laptop on the television."],
    [
        "hp1",
        "Klang Q35 noise cancelling headphones",
        "Klang",
        "audio/headphones",
        "Wireless over-ear headphones, 30 hours.",
    ],
    ["hp2", "Klang Q10 wired headphones", "Klang", "audio/headphones", "With a microphone in the cable."],
    ["hp3", "Typo gaming headset", "Typo", "audio/headphones", "Headphones with microphone for long nights of gaming."],
    ["eb1", "Klang Bud wireless earbuds", "Klang", "audio/earbuds", "In-ear headphones with a charging case."],
    ["hs1", "Stand for headphones", "Glatt", "audio/accessories", "Wood and steel."],
    ["sp1", "Klang Box bluetooth speaker", "Klang", "audio/speakers", "Waterproof, wireless, loud."],
    [
        "sb1",
        "Klang Bar soundbar for television",
        "Klang",
        "audio/speakers",
        "HDMI and bluetooth, with a wireless subwoofer.",
    ],
    ["tv1", "Lumen 55 inch OLED television", "Lumen", "television", "4K, four HDMI ports."],
    ["tv2", "Lumen 43\" LED TV", "Lumen", "television", "Full HD, two HDMI ports."],
    ["tw1", "Television wall mount", "Glatt", "television/accessories", "For screens from 32 to 55 inch."],
    ["mo1", "Lumen 27 inch gaming monitor", "Lumen", "computers/monitors", "165 Hz, HDMI."],
    ["mo2", "Orbit 24\" office monitor", "Orbit", "computers/monitors", "A screen that turns."],
    ["ph1", "Orbit Phone 8 128 GB", "Orbit", "phones", "Six inch screen, wireless charging."],
    ["ph2", "Orbit Phone 8 Pro 256GB", "Orbit", "phones", "The larger one."],
    ["pc1", "Case for Orbit Phone 8", "Packer", "phones/cases", "Clear and thin."],
    ["pc2", "Leather case for Orbit Phone 8 Pro", "Packer", "phones/cases", "With room for two cards."],
    ["sd1", "Speicher SSD 1TB", "Speicher", "storage", "Solid state drive for laptop and desktop."],
    ["sd2", "Speicher memory card 64GB", "Speicher", "storage", "For cameras and phones."],
    ["us1", "Speicher USB stick 64 GB", "Speicher", "storage", "USB-C and USB-A."],
    ["pr1", "Druck L2 laser printer", "Druck", "office/printers", "Prints from phone and laptop. Wireless."],
    ["to1", "Toner TN-2110 for Druck L2", "Druck", "office/toner", "2,600 pages of black."],
];

/// A text; what answers it best, what answers it too, and what is of some use.
const JUDGED: &[(&str, &[&str], &[&str], &[&str])] = &[
    ("keyboard", &["kb1", "kb2"], &["kb3"], &[]),
    ("gaming keyboard", &["kb1"], &["kb2", "kb3"], &["hp3"]),
    ("wireless mouse", &["ms1"], &["ms3"], &["ms2", "kb3"]),
    ("mouse", &["ms1", "ms2"], &["ms3", "kb3"], &["mp1"]),
    ("mousepad", &["mp1"], &[], &[]),
    ("laptop", &["lp1", "lp2", "lp3"], &[], &["lb1", "lb2", "ls1", "ch1"]),
    ("laptop charger", &["ch1"], &["pb2"], &["ch2", "ch3"]),
    ("laptop bag", &["lb1"], &["lb2"], &[]),
    ("gaming laptop", &["lp2"], &["lp1", "lp3"], &[]),
    ("14 inch laptop", &["lp1"], &["lp2", "lp3"], &[]),
    ("head phones", &["hp1", "hp2"], &["hp3", "eb1"], &["hs1"]),
    ("wireless headphones", &["hp1"], &["eb1"], &["hp2", "hp3"]),
    ("noise canceling headphones", &["hp1"], &["hp2", "hp3", "eb1"], &[]),
    ("headphone stand", &["hs1"], &[], &["ls1"]),
    ("hdmi cable", &["cb1"], &["cb3"], &[]),
    ("usb c cable", &["cb2"], &[], &["cb3", "ch1"]),
    ("television", &["tv1", "tv2"], &[], &["tw1", "sb1"]),
    ("wall mount television", &["tw1"], &[], &["tv1", "tv2"]),
    ("phone 8 case", &["pc1"], &["pc2"], &["ph1"]),
    ("orbit phone 8 pro", &["ph2"], &["ph1"], &["pc2"]),
    ("64gb", &["us1", "sd2"], &[], &[]),
    ("tn2110", &["to1"], &[], &[]),
    ("power bank 20000 mah", &["pb2"], &["pb1"], &[]),
    ("bluetooth speaker", &["sp1"], &["sb1"], &[]),
    ("moniter", &["mo1", "mo2"], &[], &[]),
    ("the printer for an office", &["pr1"], &[], &["to1"]),
];

const FLOOR: f64 = 0.92;

fn shop() -> Fixture {
    let described = |[id, title, brand, category, description]: &[&str; 5]| {
        product(id, title).brand(brand).category(category).described(description)
    };
    Fixture::with(&PRODUCTS.iter().map(described).collect::<Vec<ProductDocument>>())
}

fn gain(place: usize, grade: u32) -> f64 {
    f64::from(2u32.pow(grade) - 1) / f64::from(u32::try_from(place).unwrap() + 2).log2()
}

fn ndcg_at_10(found: &[&str], grades: [&[&str]; 3]) -> f64 {
    let grade = |id: &str| (0u32..).zip(grades).find(|(_, ids)| ids.contains(&id)).map_or(0, |(below, _)| 3 - below);
    let reached: f64 = found.iter().take(10).enumerate().map(|(place, id)| gain(place, grade(id))).sum();
    let ideal = (0u32..).zip(grades).flat_map(|(below, ids)| ids.iter().map(move |_| 3 - below)).take(10);
    let best: f64 = ideal.enumerate().map(|(place, grade)| gain(place, grade)).sum();
    reached / best
}

#[test]
fn people_would_be_content() {
    let shop = shop();
    let mut table = Vec::new();
    let mut sum = 0.0;
    for (text, best, good, useful) in JUDGED {
        let page = shop.search(&Query { paging: Paging::Page { page: 1, limit: 10 }, ..asking(text) });
        let ndcg = ndcg_at_10(&ids(&page), [best, good, useful]);
        table.push(format!("{ndcg:.3} {text}: {:?}", ids(&page)));
        sum += ndcg;
    }
    let mean = sum / f64::from(u32::try_from(JUDGED.len()).unwrap());
    assert!(mean >= FLOOR, "nDCG@10 {mean:.3} is below {FLOOR}: {table:#?}");
}
