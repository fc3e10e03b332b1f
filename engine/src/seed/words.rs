//! The words that the demo shop is made of. Brands are invented.

use crate::catalog::{AttributeDefinition, AttributeKind, CategoryDraft};

/// Things of one kind: every style of every noun is a product.
pub(super) struct Line {
    /// From the root on.
    pub(super) category: [&'static str; 2],
    /// Two or three letters, the beginning of the SKUs.
    pub(super) code: &'static str,
    pub(super) nouns: &'static [&'static str],
    pub(super) styles: &'static [&'static str],
    pub(super) brands: &'static [&'static str],
    pub(super) axes: &'static [Axis],
    /// Whole units of the currency, from and to.
    pub(super) price: (i64, i64),
    pub(super) grams: (i64, i64),
    pub(super) tax_class: &'static str,
    /// What makes it good; one is picked for each product.
    pub(super) praise: &'static [&'static str],
    pub(super) specs: &'static [(&'static str, &'static [&'static str])],
}

/// What variants differ in.
#[derive(Clone, Copy)]
pub(super) enum Axis {
    Text(&'static str, &'static [&'static str]),
    Number(&'static str, &'static [i64]),
}

const SIZES: Axis = Axis::Text("size", &["S", "M", "L", "XL"]);
const SHOE_SIZES: Axis = Axis::Text("size", &["6", "7", "8", "9", "10"]);
const CLOTH_COLORS: Axis = Axis::Text("color", &["indigo", "sand", "olive"]);
const DARK_COLORS: Axis = Axis::Text("color", &["black", "brown"]);
const DEVICE_COLORS: Axis = Axis::Text("color", &["graphite", "pearl"]);
const GLAZES: Axis = Axis::Text("color", &["cobalt", "moss", "ivory"]);
const STORAGE: Axis = Axis::Number("storage_gb", &[128, 256]);

pub(super) const LINES: &[Line] = &[
    Line {
        category: ["Apparel", "Shirts"],
        code: "SH",
        nouns: &["Oxford Shirt", "Camp Shirt", "Band-collar Shirt"],
        styles: &["Linen", "Poplin", "Khadi", "Brushed Cotton"],
        brands: &["Kavira", "Tarkash", "Oakfern"],
        axes: &[SIZES, CLOTH_COLORS],
        price: (999, 2499),
        grams: (180, 320),
        tax_class: "reduced",
        praise: &["Cut with room to move", "Softer with every wash", "Holds its shape through a long day"],
        specs: &[("Fit", &["regular", "slim", "relaxed"]), ("Care", &["machine wash cold", "wash by hand"])],
    },
    Line {
        category: ["Apparel", "T-Shirts"],
        code: "TS",
        nouns: &["Crew T-Shirt", "Pocket T-Shirt", "Long-sleeve T-Shirt"],
        styles: &["Everyday", "Heavyweight", "Striped", "Washed"],
        brands: &["Kavira", "Peakline"],
        axes: &[SIZES, CLOTH_COLORS],
        price: (399, 1199),
        grams: (140, 260),
        tax_class: "reduced",
        praise: &["Knitted tight so that it does not twist", "The one you reach for first"],
        specs: &[("Fabric", &["organic cotton", "cotton and hemp"]), ("Weight", &["160 gsm", "220 gsm"])],
    },
    Line {
        category: ["Apparel", "Kurtas"],
        code: "KU",
        nouns: &["Short Kurta", "Straight Kurta", "A-line Kurta"],
        styles: &["Block-printed", "Chikan", "Handloom", "Ikat"],
        brands: &["Anvaya", "Tarkash"],
        axes: &[SIZES],
        price: (799, 2999),
        grams: (200, 350),
        tax_class: "reduced",
        praise: &["Printed by hand, no two alike", "Light enough for May"],
        specs: &[("Fabric", &["cotton", "mulmul", "silk blend"])],
    },
    Line {
        category: ["Apparel", "Jackets"],
        code: "JK",
        nouns: &["Rain Jacket", "Bomber Jacket", "Overshirt Jacket"],
        styles: &["Packable", "Quilted", "Waxed"],
        brands: &["Peakline", "Oakfern"],
        axes: &[SIZES, DARK_COLORS],
        price: (1999, 5999),
        grams: (350, 800),
        tax_class: "standard",
        praise: &["Seams taped, pockets where hands look for them", "Folds into its own pocket"],
        specs: &[("Lining", &["mesh", "none", "cotton"])],
    },
    Line {
        category: ["Footwear", "Sneakers"],
        code: "SN",
        nouns: &["Court Sneakers", "Runner Sneakers", "Slip-on Sneakers"],
        styles: &["Canvas", "Suede", "Knit", "Retro"],
        brands: &["Peakline", "Strido"],
        axes: &[SHOE_SIZES],
        price: (1299, 4999),
        grams: (520, 900),
        tax_class: "standard",
        praise: &["Springs back after ten thousand steps", "Grips on wet stone"],
        specs: &[("Sole", &["rubber", "foam and rubber"]), ("Closure", &["laces", "elastic"])],
    },
    Line {
        category: ["Footwear", "Sandals"],
        code: "SD",
        nouns: &["Kolhapuri Sandals", "Trek Sandals", "Slide Sandals"],
        styles: &["Leather", "Cork", "Everyday"],
        brands: &["Strido", "Anvaya"],
        axes: &[SHOE_SIZES],
        price: (499, 2499),
        grams: (300, 600),
        tax_class: "reduced",
        praise: &["Broken in from the first day", "Straps that do not rub"],
        specs: &[("Sole", &["leather", "rubber", "cork"])],
    },
    Line {
        category: ["Electronics", "Phones"],
        code: "PH",
        nouns: &["Phone 5", "Phone 7", "Phone 7 Max"],
        styles: &["Nova", "Orbit", "Pixelight"],
        brands: &["Zentra", "Lumora"],
        axes: &[STORAGE, DEVICE_COLORS],
        price: (11_999, 54_999),
        grams: (168, 232),
        tax_class: "standard",
        praise: &["Two days on one charge", "A camera that sees in the dark"],
        specs: &[("Screen", &["6.1 in OLED", "6.7 in OLED"]), ("Battery", &["4500 mAh", "5200 mAh"])],
    },
    Line {
        category: ["Electronics", "Headphones"],
        code: "HP",
        nouns: &["Earbuds", "Over-ear Headphones", "Neckband"],
        styles: &["Hush", "Pulse", "Studio", "Lite"],
        brands: &["Lumora", "Sonari"],
        axes: &[DEVICE_COLORS],
        price: (899, 14_999),
        grams: (40, 320),
        tax_class: "standard",
        praise: &["Quiet where the street is not", "Voices stay voices"],
        specs: &[("Battery", &["24 h", "38 h", "60 h"]), ("Codec", &["AAC", "LC3"])],
    },
    Line {
        category: ["Electronics", "Speakers"],
        code: "SP",
        nouns: &["Pocket Speaker", "Shelf Speaker", "Party Speaker"],
        styles: &["Mono", "Duo", "Deep", "Splash"],
        brands: &["Sonari", "Lumora"],
        axes: &[DEVICE_COLORS],
        price: (1499, 12_999),
        grams: (350, 3500),
        tax_class: "standard",
        praise: &["Fills a room without shouting", "Floats, and plays on"],
        specs: &[("Power", &["8 W", "20 W", "60 W"])],
    },
    Line {
        category: ["Electronics", "Watches"],
        code: "WA",
        nouns: &["Sport Watch", "Dress Watch", "Kids Watch"],
        styles: &["Pace", "Meridian", "Loop"],
        brands: &["Zentra", "Strido"],
        axes: &[DARK_COLORS],
        price: (2499, 19_999),
        grams: (32, 78),
        tax_class: "standard",
        praise: &["Readable at noon", "A week between charges"],
        specs: &[("Water", &["5 ATM", "10 ATM"])],
    },
    Line {
        category: ["Home", "Cookware"],
        code: "CW",
        nouns: &["Kadhai", "Tawa", "Saucepan", "Pressure Cooker"],
        styles: &["Cast Iron", "Tri-ply", "Hard-anodised"],
        brands: &["Brio Home", "Rasovi"],
        axes: &[Axis::Number("litres", &[2, 3, 5])],
        price: (799, 4999),
        grams: (900, 3200),
        tax_class: "standard",
        praise: &["Heats evenly to the rim", "Made to be inherited"],
        specs: &[("Stove", &["gas", "gas and induction"])],
    },
    Line {
        category: ["Home", "Tableware"],
        code: "TW",
        nouns: &["Dinner Plate", "Serving Bowl", "Mug", "Tea Pot"],
        styles: &["Stoneware", "Terracotta", "Speckled"],
        brands: &["Mirabel Pottery", "Brio Home"],
        axes: &[GLAZES],
        price: (249, 1899),
        grams: (250, 1200),
        tax_class: "standard",
        praise: &["Thrown on the wheel, glazed twice", "Safe in oven and dishwasher"],
        specs: &[("Firing", &["1240 °C", "1100 °C"])],
    },
    Line {
        category: ["Home", "Lamps"],
        code: "LM",
        nouns: &["Desk Lamp", "Floor Lamp", "Night Light", "Pendant"],
        styles: &["Brass", "Paper", "Rattan"],
        brands: &["Lumora", "Mirabel Pottery"],
        axes: &[],
        price: (599, 6999),
        grams: (300, 4200),
        tax_class: "standard",
        praise: &["Warm light, no glare", "Dims to a glow"],
        specs: &[("Socket", &["E27", "built-in LED"])],
    },
    Line {
        category: ["Home", "Bedding"],
        code: "BD",
        nouns: &["Bedsheet Set", "Quilt", "Pillow Pair"],
        styles: &["Percale", "Jaipuri", "Muslin", "Sateen"],
        brands: &["Anvaya", "Oakfern"],
        axes: &[Axis::Text("bed", &["single", "double", "king"])],
        price: (699, 4499),
        grams: (600, 2800),
        tax_class: "reduced",
        praise: &["Cool side on both sides", "Stitched so that nothing wanders"],
        specs: &[("Thread count", &["200", "300", "400"])],
    },
    Line {
        category: ["Sports", "Yoga"],
        code: "YG",
        nouns: &["Mat", "Block", "Strap", "Bolster"],
        styles: &["Natural Rubber", "Cork", "Travel"],
        brands: &["Peakline", "Anvaya"],
        axes: &[],
        price: (299, 3999),
        grams: (120, 2600),
        tax_class: "standard",
        praise: &["Stays where it is put", "Rolls up smaller than it looks"],
        specs: &[("Thickness", &["2 mm", "4 mm", "6 mm"])],
    },
    Line {
        category: ["Sports", "Cricket"],
        code: "CR",
        nouns: &["Bat", "Ball", "Batting Gloves", "Pads"],
        styles: &["Club", "County", "Junior"],
        brands: &["Strido", "Peakline"],
        axes: &[],
        price: (199, 8999),
        grams: (160, 1250),
        tax_class: "standard",
        praise: &["Balanced low, lifts easily", "Stitched by hand"],
        specs: &[("Level", &["practice", "match"])],
    },
    Line {
        category: ["Pantry", "Tea"],
        code: "TE",
        nouns: &["First Flush Tea", "Masala Tea", "Green Tea"],
        styles: &["Darjeeling", "Assam", "Nilgiri"],
        brands: &["Rasovi", "Hill & Leaf"],
        axes: &[Axis::Number("grams", &[100, 250, 500])],
        price: (149, 1299),
        grams: (120, 560),
        tax_class: "reduced",
        praise: &["Picked in the morning, packed by night", "Bright in the cup"],
        specs: &[("Keeps", &["18 months", "24 months"])],
    },
    Line {
        category: ["Pantry", "Spices"],
        code: "SC",
        nouns: &["Turmeric", "Red Chilli", "Cardamom", "Black Pepper"],
        styles: &["Whole", "Stone-ground", "Smoked"],
        brands: &["Rasovi"],
        axes: &[Axis::Number("grams", &[50, 200])],
        price: (79, 899),
        grams: (60, 230),
        tax_class: "reduced",
        praise: &["From one farm, and it says which", "Ground the week it ships"],
        specs: &[("Harvest", &["this year", "last winter"])],
    },
];

/// The tree, parents first, with what is typed in it.
pub(super) fn categories() -> Vec<CategoryDraft> {
    let mut drafts: Vec<CategoryDraft> = Vec::new();
    let roots = ["Apparel", "Footwear", "Electronics", "Home", "Sports", "Pantry"];
    for (position, name) in (0..).zip(roots) {
        drafts.push(CategoryDraft {
            name: name.to_owned(),
            position,
            attributes: definitions(name),
            ..CategoryDraft::default()
        });
    }
    let leaves = LINES.iter().map(|line| line.category).chain([["Electronics", "Gaming"]]);
    for (position, [parent, name]) in (0..).zip(leaves) {
        drafts.push(CategoryDraft {
            name: name.to_owned(),
            parent: Some(parent.to_lowercase()),
            position,
            ..CategoryDraft::default()
        });
    }
    drafts
}

fn definitions(root: &str) -> Vec<AttributeDefinition> {
    let text = |key, label| definition(key, label, AttributeKind::Text, None);
    let number = |key, label, unit| definition(key, label, AttributeKind::Number, Some(unit));
    let one_of = |key, label, values: &[&str]| {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        definition(key, label, AttributeKind::Enum { values }, None)
    };
    match root {
        "Apparel" => vec![one_of("size", "Size", &["S", "M", "L", "XL"]), text("color", "Colour")],
        "Footwear" => vec![one_of("size", "Size (UK)", &["6", "7", "8", "9", "10"]), text("color", "Colour")],
        "Electronics" => vec![number("storage_gb", "Storage", "GB"), text("color", "Colour")],
        "Home" => vec![
            number("litres", "Volume", "l"),
            text("color", "Colour"),
            one_of("bed", "Bed", &["single", "double", "king"]),
        ],
        "Pantry" => vec![number("grams", "Pack", "g")],
        _ => Vec::new(),
    }
}

fn definition(key: &str, label: &str, kind: AttributeKind, unit: Option<&str>) -> AttributeDefinition {
    AttributeDefinition {
        key: key.to_owned(),
        label: label.to_owned(),
        kind,
        unit: unit.map(str::to_owned),
        filterable: true,
    }
}
