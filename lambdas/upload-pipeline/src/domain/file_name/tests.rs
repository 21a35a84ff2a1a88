use proptest::prelude::*;

use super::*;

#[test]
fn names_of_every_script_are_taken() {
    for name in [
        "hello.txt",
        "a",
        ".gitignore",
        "archive.tar.gz",
        "Bericht für März.txt",
        "履歴書.pdf",
        "отчёт (1).doc",
        "ملف.txt",
        "½ cup.txt",
        "a-b=c+d@e",
        "_-",
        "console.txt",
        "COM.txt",
        "COM10",
    ] {
        assert!(FileName::parse(name).is_ok(), "{name}");
    }
}

#[test]
fn what_is_refused_says_why() {
    use FileNameError as E;
    for (name, error) in [
        ("", E::Empty),
        (" ", E::Edge),
        ("\u{3000}", E::Edge),
        (" a", E::Edge),
        ("a ", E::Edge),
        ("a.", E::Edge),
        (".", E::Edge),
        ("..", E::DoubleDot),
        ("...", E::DoubleDot),
        ("a..b", E::DoubleDot),
        ("\u{2025}", E::DoubleDot),
        ("wait\u{2026}", E::DoubleDot),
        ("\u{FF0E}\u{FF0E}", E::DoubleDot),
        ("../etc/passwd", E::Separator('/')),
        ("a/b", E::Separator('/')),
        ("a\\b", E::Separator('\\')),
        ("a\u{2215}b", E::Separator('\u{2215}')),
        ("a\u{2044}b", E::Separator('\u{2044}')),
        ("a\u{FF0F}b", E::Separator('/')),
        ("a\u{FF3C}b", E::Separator('\\')),
        ("\u{2100}", E::Separator('/')),
        ("a\0b", E::Invisible('\0')),
        ("a\nb", E::Invisible('\n')),
        ("a\u{7F}", E::Invisible('\u{7F}')),
        ("exe.\u{202E}txt", E::Invisible('\u{202E}')),
        ("a\u{2066}b", E::Invisible('\u{2066}')),
        ("a\u{200B}b", E::Invisible('\u{200B}')),
        ("a\u{200D}b", E::Invisible('\u{200D}')),
        ("\u{FEFF}a", E::Invisible('\u{FEFF}')),
        ("a\u{2028}b", E::Invisible('\u{2028}')),
        ("a\u{E000}b", E::Invisible('\u{E000}')),
        ("a\u{FFFE}b", E::Invisible('\u{FFFE}')),
        ("a\u{E0041}b", E::Invisible('\u{E0041}')),
        ("\u{3164}", E::Invisible('\u{3164}')),
        ("-rf", E::Start('-')),
        ("--", E::Start('-')),
        ("=1+1", E::Start('=')),
        ("+1", E::Start('+')),
        ("@SUM(A1)", E::Start('@')),
        ("\u{FF1D}1", E::Start('=')),
        ("\u{FE0F}-rf", E::Start('-')),
        ("\u{FE0F}", E::Empty),
        ("a:b", E::Reserved(':')),
        ("what?", E::Reserved('?')),
        ("nul", E::Device("NUL".into())),
        ("Con.txt", E::Device("CON".into())),
        ("lpt1.tar.gz", E::Device("LPT1".into())),
        ("com\u{B9}", E::Device("COM1".into())),
        ("aux .txt", E::Device("AUX".into())),
    ] {
        assert_eq!(FileName::parse(name), Err(error), "{name:?}");
    }
}

#[test]
fn the_length_counts_bytes_of_the_normalised_name() {
    assert!(FileName::parse(&"a".repeat(255)).is_ok());
    assert_eq!(
        FileName::parse(&"a".repeat(256)),
        Err(FileNameError::TooLong(256))
    );
    assert_eq!(
        FileName::parse(&"ä".repeat(128)),
        Err(FileNameError::TooLong(256))
    );
    // 127 letters of two bytes each, spelt with three.
    assert!(FileName::parse(&"a\u{308}".repeat(127)).is_ok());
    assert!(FileName::parse(&"a".repeat(1 << 20)).is_err());
}

#[test]
fn two_spellings_are_one_name() {
    assert_eq!(FileName::parse("Ma\u{308}rz"), FileName::parse("März"));
    for selected in ["❤\u{FE0F}", "❤\u{FE0E}\u{FE0F}", "❤\u{E0100}", "\u{180B}❤"] {
        assert_eq!(
            FileName::parse(selected),
            FileName::parse("❤"),
            "{selected:?}"
        );
    }
}

proptest! {
    #[test]
    fn whatever_is_taken_is_one_visible_path_segment(text in "\\PC{0,40}|[./\\\\ a]{0,6}|.{0,20}") {
        if let Ok(name) = FileName::parse(&text) {
            let name = name.as_str();
            prop_assert!(!name.is_empty() && name.len() <= FileName::MAX_LENGTH);
            prop_assert!(!name.contains(['/', '\\', '\0']) && name != "." && !name.contains(".."));
            prop_assert!(!name.chars().any(char::is_control));
            let path = std::path::Path::new(name);
            prop_assert_eq!(path.components().count(), 1);
            prop_assert_eq!(path.file_name().and_then(|n| n.to_str()), Some(name));
        }
    }

    #[test]
    fn a_name_that_was_taken_is_taken_again_unchanged(text in ".{0,40}") {
        if let Ok(name) = FileName::parse(&text) {
            prop_assert_eq!(FileName::parse(name.as_str()), Ok(name));
        }
    }
}
