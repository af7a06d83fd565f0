use sha2::{Digest, Sha256};

/// Bytes of a slug.
const SLUG_BYTES_MAX: usize = 64;
/// Bytes of a digest that are written as hexadecimal digits.
const DIGEST_BYTES: usize = 4;
/// The word before the digest of a name that has no word in ASCII.
const UNNAMED: &str = "page";

/// Names that mean a device to Windows, with any extension, and the name of the index.
///
/// Source: <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>, read 2026-11.
const RESERVED: [&str; 23] = [
    "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "index",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

/// The name of a page's file without `.md`: words of `a-z0-9` that are joined by `-`.
///
/// Any text has a slug, and a slug is its own. Where letters of the text have no form in ASCII, or it
/// is too long, a digest of it stands at the end, so that different names stay different.
pub(super) fn slug(name: &str) -> String {
    let name = name.trim().to_lowercase();
    let name = name.strip_suffix(".md").unwrap_or(&name);
    let mut words = String::new();
    let mut is_lossy = false;
    for character in name.chars() {
        match ascii(character) {
            Some(letters) => words.push_str(letters),
            None if character.is_ascii_alphanumeric() => words.push(character),
            None => {
                is_lossy |= character.is_alphanumeric();
                if !words.is_empty() && !words.ends_with('-') {
                    words.push('-');
                }
            }
        }
    }
    let words = words.trim_end_matches('-');
    if words.is_empty() {
        format!("{UNNAMED}-{}", digest(name))
    } else if is_lossy || words.len() > SLUG_BYTES_MAX {
        let room = SLUG_BYTES_MAX - 1 - 2 * DIGEST_BYTES;
        let head = words[..words.len().min(room)].trim_end_matches('-');
        format!("{head}-{}", digest(name))
    } else if RESERVED.contains(&words) {
        format!("{words}-{UNNAMED}")
    } else {
        words.to_owned()
    }
}

fn digest(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let digits = digest.iter().take(DIGEST_BYTES);
    digits.map(|byte| format!("{byte:02x}")).collect()
}

/// The letters for a Latin letter with a mark, or for one that is no letter of ASCII. A mark that
/// stands by itself, as in decomposed text, is no letter.
fn ascii(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{300}'..='\u{36f}' => "",
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ð' | 'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}
