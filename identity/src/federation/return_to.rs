//! Where a browser goes once it has signed in: a path of the shop's own pages, and never anywhere else.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a path of this shop, such as /account")]
pub struct NotAPathOfOurs;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(String);

const MAX: usize = 512;

impl ReturnTo {
    /// Browsers take `//` and `/\` for the beginning of another host, and leave out what is a control character or a space.
    pub fn parse(text: &str) -> Result<Self, NotAPathOfOurs> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if !is_plain || text.len() > MAX || !text.starts_with('/') || text.starts_with("//") {
            return Err(NotAPathOfOurs);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same with something for the page alone: what stands behind `#` is sent to no server.
    pub fn with_fragment(&self, name: &str, value: &str) -> String {
        let page = self.0.split('#').next().unwrap_or_default();
        format!("{page}#{name}={value}")
    }
}

impl Default for ReturnTo {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_leaves_the_shop() {
        for good in ["/", "/account", "/account?tab=orders&x=1#top", "/a//b", "/%2f%2fevil.example"] {
            assert_eq!(ReturnTo::parse(good).map(|path| path.to_string()), Ok(good.to_owned()));
        }
        let long = format!("/{}", "a".repeat(512));
        for bad in [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "\n//evil.example",
            " //evil.example",
            "/a b",
            "/\r\nset-cookie: x=1",
            "/ü",
            &long,
        ] {
            assert_eq!(ReturnTo::parse(bad), Err(NotAPathOfOurs), "{bad:?}");
        }
        let path = ReturnTo::parse("/account#top").expect("a path");
        assert_eq!(path.with_fragment("challenge", "x"), "/account#challenge=x");
    }
}
