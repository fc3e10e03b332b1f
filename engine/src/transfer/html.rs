//! PURE. Marked-up descriptions become plain text: paragraphs and list items become lines, the rest of the markup goes, and
//! scripts go with what is in them.

use std::collections::HashSet;

/// Tags at which a line ends.
const BREAKS: [&str; 14] =
    ["<br", "</p", "</div", "</li", "<li", "<ul", "</ul", "</tr", "</h1", "</h2", "</h3", "</h4", "</table", "<p"];

pub(super) fn plain_text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return tidy(html, "\n\n");
    }
    let broken = break_lines(html);
    let cleaned = ammonia::Builder::empty().clean_content_tags(HashSet::from(["script", "style"])).clean(&broken);
    // With every tag gone only these are still escaped.
    let text = cleaned.to_string();
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&");
    tidy(&text, "\n")
}

/// Puts a line break before each tag that ends a line.
fn break_lines(html: &str) -> String {
    let mut broken = String::with_capacity(html.len().saturating_add(64));
    for (at, character) in html.char_indices() {
        if character == '<' {
            let rest = &html.as_bytes()[at..];
            let ends_line = BREAKS.iter().any(|tag| {
                rest.len() > tag.len()
                    && rest[..tag.len()].eq_ignore_ascii_case(tag.as_bytes())
                    && !rest[tag.len()].is_ascii_alphanumeric()
            });
            if ends_line {
                broken.push('\n');
            }
        }
        broken.push(character);
    }
    broken
}

/// One space between words, no spaces around lines, and for any number of empty lines `gap`.
fn tidy(text: &str, gap: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut after_empty = false;
    for line in text.lines() {
        let mut words = line.split_whitespace().peekable();
        if words.peek().is_none() {
            after_empty = true;
            continue;
        }
        if !tidy.is_empty() {
            tidy.push_str(if after_empty { gap } else { "\n" });
        }
        after_empty = false;
        for (n, word) in words.enumerate() {
            if n > 0 {
                tidy.push(' ');
            }
            tidy.push_str(word);
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    #[test]
    fn markup_goes_and_words_stay_apart() {
        let check = |html: &str, text: &str| assert_eq!(plain_text(html), text);
        check("plain  text \n\n\nand more", "plain text\n\nand more");
        check("<p>One</p><p>Two &amp; three</p>", "One\nTwo & three");
        check("a<br>b<BR/>c", "a\nb\nc");
        check("<ul><li>x</li><li>y</li></ul>", "x\ny");
        check("<b>bold</b>er", "bolder");
        check("before<script>alert(1)</script>after", "beforeafter");
        check("1 < 2 && 3 > 2", "1 < 2 && 3 > 2");
        check("&lt;b&gt; stays text", "<b> stays text");
        check("a&nbsp;b &copy; ü", "a b © ü");
        check("&amp;lt;", "&lt;");
        check("<pre>x</pre> <article>y", "x y");
        check("unclosed <b", "unclosed");
    }
}
