use super::{EVENT_BYTES_MAX, EventTooLarge, SseDecoder, SseEvent};

const STREAM: &str = "\u{feff}: hello\r\n\r\nevent: ping\r\ndata: {}\r\n\r\n\
    data:no blank\n\n\
    data:  two blanks\rdata\rdata: thïrd – 🦀\r\r\
    event: named\nid: 7\nretry: 10\nunknown: x\ndata: a\ndata: b\n\n\
    event: without data\n\n\
    data: last\n\n";

fn event(name: Option<&str>, data: &str) -> SseEvent {
    SseEvent {
        name: name.map(str::to_owned),
        data: data.to_owned(),
    }
}

fn expected() -> Vec<SseEvent> {
    vec![
        event(Some("ping"), "{}"),
        event(None, "no blank"),
        event(None, " two blanks\n\nthïrd – 🦀"),
        event(Some("named"), "a\nb"),
        event(None, "last"),
    ]
}

fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<SseEvent> {
    let mut decoder = SseDecoder::default();
    let mut events = Vec::new();
    for piece in pieces {
        decoder.push(piece).unwrap();
        while let Some(event) = decoder.next_event() {
            events.push(event);
        }
    }
    events
}

#[test]
fn a_stream_cut_at_any_byte_gives_the_same_events() {
    let bytes = STREAM.as_bytes();
    for at in 0..=bytes.len() {
        let (left, right) = bytes.split_at(at);
        assert_eq!(decode([left, right]), expected(), "cut at {at}");
    }
    assert_eq!(decode(bytes.chunks(1)), expected());
}

#[test]
fn a_stream_cut_at_random_gives_the_same_events() {
    let bytes = STREAM.as_bytes();
    for seed in 0..200 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut rest = bytes;
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(random.usize(0..=rest.len().min(9)));
            pieces.push(piece);
            rest = behind;
        }
        assert_eq!(decode(pieces), expected(), "seed {seed}");
    }
}

#[test]
fn the_last_event_may_lack_its_blank_line_but_not_its_line_end() {
    let mut decoder = SseDecoder::default();
    decoder.push(b"data: [DONE]\n").unwrap();
    assert_eq!(decoder.next_event(), None);
    assert_eq!(decoder.end(), Some(event(None, "[DONE]")));

    let mut decoder = SseDecoder::default();
    decoder.push(b"data: {\"cut").unwrap();
    assert_eq!(decoder.end(), None);
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    assert_eq!(
        decode([&b"data: \xff!\n\n"[..]]),
        [event(None, "\u{fffd}!")]
    );
}

#[test]
fn an_endless_line_is_too_large() {
    let mut decoder = SseDecoder::default();
    let piece = vec![b'x'; 1024 * 1024];
    let pushed = (0..=8).map(|_| decoder.push(&piece)).find(Result::is_err);
    assert_eq!(pushed, Some(Err(EventTooLarge)));
}

#[test]
fn an_endless_event_is_too_large() {
    let mut decoder = SseDecoder::default();
    let line = format!("data: {}\n", "x".repeat(EVENT_BYTES_MAX / 4));
    let pushed = (0..5)
        .map(|_| decoder.push(line.as_bytes()))
        .find(Result::is_err);
    assert_eq!(pushed, Some(Err(EventTooLarge)));
}
