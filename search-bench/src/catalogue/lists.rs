//! Words that people know, for what a shopper types most: kinds of things, and what is said of them. One on a line each would be
//! pages of nothing: `rustfmt` leaves them alone.

#[rustfmt::skip]
pub(super) const DEPARTMENTS: [&str; 25] = [
    "Electronics", "Computers", "Phones", "Home", "Kitchen", "Garden", "Tools", "Furniture", "Lighting", "Women",
    "Men", "Children", "Baby", "Beauty", "Health", "Sport", "Outdoor", "Toys", "Games", "Music", "Books", "Office",
    "Pets", "Cars", "Travel",
];

#[rustfmt::skip]
pub(super) const NOUNS: [&str; 152] = [
    "shoe", "shirt", "jacket", "dress", "trouser", "sock", "boot", "sandal", "hat", "glove", "scarf", "belt",
    "wallet", "bag", "backpack", "suitcase", "watch", "ring", "necklace", "bracelet", "laptop", "tablet", "phone",
    "camera", "lens", "printer", "scanner", "monitor", "keyboard", "mouse", "headphone", "speaker", "microphone",
    "charger", "cable", "adapter", "battery", "router", "switch", "drive", "memory card", "projector", "television",
    "radio", "console", "controller", "drone", "tripod", "lamp", "bulb", "lantern", "torch", "chair", "table", "desk",
    "sofa", "bed", "mattress", "pillow", "blanket", "curtain", "rug", "shelf", "cabinet", "wardrobe", "mirror",
    "clock", "vase", "candle", "frame", "knife", "fork", "spoon", "plate", "bowl", "cup", "mug", "glass", "bottle",
    "pan", "pot", "kettle", "toaster", "blender", "mixer", "oven", "microwave", "fridge", "freezer", "dishwasher",
    "washer", "dryer", "iron", "vacuum", "fan", "heater", "humidifier", "drill", "saw", "hammer", "screwdriver",
    "wrench", "ladder", "rake", "shovel", "hose", "mower", "grill", "tent", "sleeping bag", "bicycle", "helmet",
    "skateboard", "racket", "ball", "goal", "dumbbell", "mat", "treadmill", "kayak", "rope", "puzzle", "doll",
    "puppet", "kite", "guitar", "piano", "violin", "drum", "flute", "notebook", "pen", "pencil", "marker", "folder",
    "stapler", "calendar", "calculator", "shampoo", "soap", "lotion", "perfume", "razor", "toothbrush", "stroller",
    "crib", "bib", "collar", "leash", "aquarium", "tyre", "seat cover",
];

#[rustfmt::skip]
pub(super) const QUALITIES: [&str; 80] = [
    "wireless", "portable", "professional", "classic", "compact", "digital", "electric", "folding", "adjustable",
    "waterproof", "ergonomic", "lightweight", "heavy", "mini", "large", "outdoor", "indoor", "travel", "gaming",
    "running", "winter", "summer", "smart", "stainless", "wooden", "leather", "cotton", "ceramic", "vintage",
    "modern", "organic", "luxury", "basic", "premium", "sports", "office", "home", "garden", "kitchen", "kids",
    "baby", "bath", "bedroom", "camping", "hiking", "cycling", "fishing", "training", "casual", "formal", "slim",
    "wide", "long", "short", "round", "square", "soft", "hard", "silent", "rechargeable", "solar", "magnetic",
    "optical", "laser", "thermal", "acoustic", "external", "internal", "dual", "double", "single", "universal",
    "original", "replacement", "reusable", "disposable", "transparent", "reflective", "insulated", "padded",
];

#[rustfmt::skip]
pub(super) const COLOURS: [&str; 24] = [
    "Black", "White", "Blue", "Red", "Grey", "Silver", "Green", "Brown", "Pink", "Beige", "Gold", "Yellow", "Orange",
    "Purple", "Navy", "Turquoise", "Khaki", "Ivory", "Bronze", "Burgundy", "Coral", "Olive", "Teal", "Lavender",
];

#[rustfmt::skip]
pub(super) const MATERIALS: [&str; 20] = [
    "Cotton", "Plastic", "Steel", "Leather", "Wood", "Polyester", "Aluminium", "Glass", "Ceramic", "Wool", "Rubber",
    "Silicone", "Bamboo", "Linen", "Nylon", "Copper", "Marble", "Silk", "Cork", "Titanium",
];

/// Between the others in a description.
#[rustfmt::skip]
pub(super) const FUNCTION_WORDS: [&str; 24] = [
    "the", "with", "and", "for", "of", "a", "in", "to", "is", "your", "from", "this", "that", "made", "it", "or",
    "by", "you", "on", "all", "an", "as", "at", "can",
];

/// What is measured, and in what.
#[rustfmt::skip]
pub(super) const MEASURES: [(&str, &str); 16] = [
    ("width", "cm"), ("height", "cm"), ("length", "cm"), ("weight", "g"), ("capacity", "l"), ("power", "W"),
    ("voltage", "V"), ("diameter", "mm"), ("thickness", "mm"), ("speed", "rpm"), ("range", "m"), ("memory", "GB"),
    ("frequency", "Hz"), ("pressure", "bar"), ("brightness", "lm"), ("warranty", "months"),
];

/// What is told apart by names.
#[rustfmt::skip]
pub(super) const TRAITS: [&str; 12] = [
    "type", "style", "finish", "pattern", "fit", "series", "shape", "surface", "standard", "connection", "closure",
    "class",
];
