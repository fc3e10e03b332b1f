//! Two hundred characters of anything: an answer, never a panic, never another store's product.

use search_index::{Language, ProductDocument, Query, Suggest};

use crate::fixture::{Described, Dice, Fixture, STORE, asking, product, typing};

const PIECES: &[&str] = &[
    "mouse",
    "Mäuse",
    "keyboard",
    "мышь",
    "клавиатура",
    "无线鼠标",
    "무선마우스",
    "فأرة",
    "עכבר",
    "εικόνα",
    "ไร้สาย",
    "64gb",
    "64",
    "GB",
    "xps",
    "-13",
    "15.6\"",
    "1,000",
    ",",
    ",,,,",
    ".",
    "..",
    "1.",
    ".1",
    "1.2.3.4",
    "\"",
    "\"\"",
    "'",
    "’",
    "`",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\\",
    "/",
    "//",
    "|",
    "*",
    "?",
    "~2",
    "^3",
    "+",
    "-",
    "--",
    "!",
    "&&",
    "||",
    "AND",
    "OR",
    "NOT",
    "TO",
    ":",
    "::",
    "title:",
    "scope:",
    "c:",
    "t:",
    "\u{0}",
    "\u{1}",
    "\u{1f}",
    "\u{7f}",
    "\n",
    "\r",
    "\t",
    " ",
    "  ",
    "\u{a0}",
    "\u{200b}",
    "\u{200c}",
    "\u{200d}",
    "\u{202e}",
    "\u{202c}",
    "\u{2066}",
    "\u{feff}",
    "\u{fffd}",
    "\u{301}",
    "e\u{301}\u{302}\u{303}",
    "\u{489}",
    "👩\u{200d}👩\u{200d}👧",
    "🎧",
    "🏴\u{e0067}",
    "𝕏",
    "ﬁ",
    "ß",
    "İ",
    "ı",
    "Ǆ",
    "½",
    "²",
    "①",
    "٣",
    "Ⅳ",
    "％",
    "％s",
    "%s%n",
    "${x}",
    "<b>",
    "</script>",
    "; drop table",
    "é",
    "É",
    "a",
    "of",
    "the",
    "\u{e000}",
    "\u{10ffff}",
    "क्षत्रिय",
    "কি",
    "ᠮᠣᠩᠭᠣᠯ",
    "漢",
    "々",
    "ー",
    "ｶﾞ",
];

fn text(dice: &mut Dice) -> String {
    let mut text = String::new();
    let pieces = dice.below(40);
    for _ in 0..pieces {
        text.push_str(dice.one_of(PIECES));
        if dice.once_in(3) {
            text.push(' ');
        }
        if dice.once_in(6) {
            text.extend(char::from_u32(u32::try_from(dice.below(0x11_0000)).unwrap()));
        }
    }
    text.chars().take(200).collect()
}

fn shop() -> Fixture {
    let mut documents: Vec<ProductDocument> = Vec::new();
    for store in [STORE, "other"] {
        for language in [Language::English, Language::Other, Language::Greek] {
            for (at, piece) in PIECES.iter().enumerate() {
                let id = format!("{store}-{language}-{at}");
                let title = format!("{piece} {} {piece}", PIECES[at * 7 % PIECES.len()]);
                let document =
                    product(&id, &title).brand(piece).category(piece).codes(&[piece]).attribute(piece, piece);
                documents.push(document.store(store).language(language));
            }
        }
    }
    Fixture::with(&documents)
}

fn check(shop: &Fixture, text: &str, language: Language) {
    let page = shop.search(&Query { explain: true, language, ..asking(text) });
    for hit in &page.hits {
        assert!(hit.id.starts_with(&format!("{STORE}-{language}-")), "{text:?} finds {}", hit.id);
        assert!(hit.score.is_finite());
    }
    let found = shop.suggest(&Suggest { language, ..typing(text) });
    for product in &found.products {
        assert!(product.id.starts_with(&format!("{STORE}-{language}-")), "{text:?} suggests {}", product.id);
    }
    assert!(found.queries.len() <= 6);
}

#[test]
fn texts_of_one_kind() {
    let shop = shop();
    let long = |piece: &str| piece.chars().cycle().take(200).collect::<String>();
    for piece in PIECES {
        for text in [
            (*piece).to_owned(),
            format!(" {piece} "),
            format!("mouse{piece}"),
            format!("{piece}mouse"),
            long(piece),
            long(&format!("{piece} ")),
        ] {
            check(&shop, &text, Language::English);
        }
    }
    for language in Language::ALL {
        check(&shop, "Mäuse мышь 64 GB εικόνα فأرة ไร้สาย kabellose", language.0);
    }
    let distinct: String = ('a'..='z').map(|c| format!("{c}{c}{c} ")).collect::<String>() + &"ab cd ef ".repeat(10);
    check(&shop, &distinct, Language::English);
    // As words stand in the index, if somebody knew.
    check(&shop, "0123456789abcdef:mouse", Language::English);
    check(&shop, "other:mouse", Language::English);
    check(&shop, "other-en-0", Language::English);
}

#[test]
fn texts_of_anything() {
    let shop = shop();
    let mut dice = Dice(20_261_121);
    for _ in 0..250 {
        let text = text(&mut dice);
        check(&shop, &text, dice.one_of(&[Language::English, Language::Greek, Language::Other]));
    }
}
