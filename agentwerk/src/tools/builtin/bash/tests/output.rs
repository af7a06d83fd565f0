use super::{HEAD_BYTES_MAX, Output, TAIL_BYTES_MAX, plain};

fn shown(pieces: &[&[u8]]) -> String {
    let mut output = Output::default();
    for piece in pieces {
        output.push(piece);
    }
    output.into_text()
}

#[test]
fn an_output_ends_in_a_line_end() {
    assert_eq!(shown(&[]), "");
    assert_eq!(shown(&[b"a"]), "a\n");
    assert_eq!(shown(&[b"a\n"]), "a\n");
}

#[test]
fn a_character_in_two_pieces_is_one() {
    assert_eq!(shown(&[b"\xc3", b"\xa9"]), "é\n");
    // Also where the head ends within it.
    let long = vec![b'x'; HEAD_BYTES_MAX - 1];
    let text = shown(&[&long, "é".as_bytes()]);
    assert!(text.ends_with("xé\n"));
}

#[test]
fn of_much_output_head_and_tail_are_kept_in_flat_memory() {
    let mut output = Output::default();
    for number in 0..1_000_000_u32 {
        output.push(format!("{number:09}\n").as_bytes());
    }
    assert!(output.head.len() + output.tail.len() <= HEAD_BYTES_MAX + TAIL_BYTES_MAX);
    assert!(output.head.capacity() + output.tail.capacity() <= 5_000_000);
    let text = output.into_text();
    let left_out = 10_000_000 - HEAD_BYTES_MAX - TAIL_BYTES_MAX;
    assert!(text.starts_with("000000000\n"));
    assert!(text.contains(&format!("\n(… {left_out} bytes left out …)\n")));
    assert!(text.ends_with("000999999\n"));
}

#[test]
fn what_only_a_terminal_understands_is_taken_away() {
    for (text, expected) in [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Btext\x1b7\x1b=", "text"),
        ("a\x08\x07\x00b\u{9b}c\x7f", "abc"),
        ("10%\r20%\r\nend\r\n", "10%\n20%\nend\n"),
        ("tab\tstays\n", "tab\tstays\n"),
        // A sequence without an end hides nothing.
        (
            "\x1b]0;no end, and all of this\nnext",
            "0;no end, and all of this\nnext",
        ),
        ("\x1b[12;é", "12;é"),
        ("\x1b[", ""),
        ("\x1b", ""),
        ("\x1bé", "é"),
    ] {
        assert_eq!(plain(text), expected, "{text:?}");
    }
}
