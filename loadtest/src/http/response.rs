//! PURE. Bytes to answers: the head, and how its body is framed.

use std::str::from_utf8;

/// What a load test needs to know about an answer beside its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// `Retry-After`, when it is given in seconds.
    pub(crate) retry_after_s: Option<u32>,
    /// The shop answered from memory: the request had been finished before.
    pub(crate) replayed: bool,
    pub(super) keep_alive: bool,
    pub(super) framing: Framing,
    /// Bytes up to and including the empty line.
    pub(super) length: usize,
}

#[cfg(test)]
impl Head {
    /// An answer without a body.
    pub(crate) fn of(status: u16, retry_after_s: Option<u32>) -> Self {
        Self { status, retry_after_s, replayed: false, keep_alive: true, framing: Framing::Length(0), length: 0 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(usize),
    Chunked,
    UntilClose,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

const HEADERS_MAX: usize = 64;

/// `None` while the head is not complete.
pub(super) fn parse_head(input: &[u8], to_head_request: bool) -> Result<Option<Head>, Malformed> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(input) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(Malformed),
    };
    let status = response.code.ok_or(Malformed)?;
    let mut head = Head {
        status,
        retry_after_s: None,
        replayed: false,
        keep_alive: response.version == Some(1),
        framing: Framing::UntilClose,
        length,
    };
    for header in response.headers.iter() {
        // The length tells most headers apart before any letter is compared.
        match header.name.len() {
            10 if header.name.eq_ignore_ascii_case("connection") => {
                head.keep_alive = !header.value.eq_ignore_ascii_case(b"close");
            }
            11 if header.name.eq_ignore_ascii_case("retry-after") => {
                head.retry_after_s = number(header.value);
            }
            14 if header.name.eq_ignore_ascii_case("content-length") => {
                head.framing = Framing::Length(number(header.value).ok_or(Malformed)?);
            }
            17 if header.name.eq_ignore_ascii_case("transfer-encoding") => {
                head.framing = Framing::Chunked;
            }
            19 if header.name.eq_ignore_ascii_case("idempotent-replayed") => {
                head.replayed = header.value == b"true";
            }
            _ => {}
        }
    }
    if to_head_request || status == 204 || status == 304 || (100..200).contains(&status) {
        head.framing = Framing::Length(0);
    }
    Ok(Some(head))
}

/// Decodes a chunked body that starts at the beginning of `input` into `body`. Answers how many bytes it
/// took, or `None` (and leaves `body` in an unfinished state) while the last chunk is missing.
pub(super) fn dechunk(input: &[u8], body: &mut Vec<u8>) -> Result<Option<usize>, Malformed> {
    body.clear();
    let mut at = 0;
    loop {
        let (line, size) = match httparse::parse_chunk_size(&input[at..]) {
            Ok(httparse::Status::Complete(found)) => found,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(_) => return Err(Malformed),
        };
        at += line;
        if size == 0 {
            return Ok(end_of_trailers(&input[at..]).map(|taken| at + taken));
        }
        let size = usize::try_from(size).map_err(|_| Malformed)?;
        let end = at.checked_add(size).ok_or(Malformed)?;
        let Some(after) = input.get(end..end + 2) else {
            return Ok(None);
        };
        if after != b"\r\n" {
            return Err(Malformed);
        }
        body.extend_from_slice(&input[at..end]);
        at = end + 2;
    }
}

/// Trailers are skipped: the position after the empty line that ends them.
fn end_of_trailers(input: &[u8]) -> Option<usize> {
    if input.starts_with(b"\r\n") {
        return Some(2);
    }
    input.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

fn number<T: std::str::FromStr>(value: &[u8]) -> Option<T> {
    from_utf8(value).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        parse_head(text.as_bytes(), false).unwrap().expect("a whole head")
    }

    #[test]
    fn the_head_says_what_came_and_when_to_come_back() {
        let text = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 5\r\n\r\nhello";
        let head = head(text);
        assert_eq!((head.status, head.retry_after_s, head.framing), (503, Some(2), Framing::Length(5)));
        assert!(head.keep_alive && !head.replayed);
        assert_eq!(&text[head.length..], "hello");
    }

    #[test]
    fn a_head_in_pieces_is_waited_for() {
        let text = "HTTP/1.1 201 Created\r\ncontent-length: 0\r\nidempotent-replayed: true\r\n\r\n";
        for end in 0..text.len() {
            assert_eq!(parse_head(&text.as_bytes()[..end], false), Ok(None), "after {end} bytes");
        }
        assert!(head(text).replayed);
    }

    #[test]
    fn nonsense_is_not_an_answer() {
        assert_eq!(parse_head(b"SSH-2.0-OpenSSH_9.2\r\n", false), Err(Malformed));
        assert_eq!(parse_head(b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n", false), Err(Malformed));
    }

    #[test]
    fn a_304_has_no_body_even_with_a_length() {
        assert_eq!(head("HTTP/1.1 304 Not Modified\r\ncontent-length: 900\r\n\r\n").framing, Framing::Length(0));
    }

    #[test]
    fn close_ends_the_connection() {
        assert!(!head("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").keep_alive);
        assert!(!head("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n").keep_alive);
    }

    #[test]
    fn chunks_are_joined_however_they_arrive() {
        let input = b"5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nx-trailer: 1\r\n\r\nNEXT";
        let mut body = Vec::new();
        for end in 0..input.len() - 4 {
            assert_eq!(dechunk(&input[..end], &mut body), Ok(None), "after {end} bytes");
        }
        assert_eq!(dechunk(input, &mut body), Ok(Some(input.len() - 4)));
        assert_eq!(body, b"hello world");
        assert_eq!(dechunk(b"5\r\nhelloXX", &mut body), Err(Malformed));
    }
}
